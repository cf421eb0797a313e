"""A part of a page that is the same on many pages, rendered once in each state of the data."""

from django import template

from promotion.reference.kept import kept

register = template.Library()


class KeptNode(template.Node):
    def __init__(self, nodelist, key):
        self.nodelist = nodelist
        self.key = key

    def render(self, context):
        key = (part.resolve(context) for part in self.key)
        return kept(lambda: self.nodelist.render(context), "part", *key)


@register.tag("kept")
def keep_part(parser, token):
    """Keep what stands between `{% kept "name" … %}` and `{% endkept %}`.

    It may depend on the public data, the language, and the values after its name: on nothing else
    of the request.
    """
    _tag, *key = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, [parser.compile_filter(part) for part in key])
