"""Citations are found again in the documents, or named."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from promotion.reference.evidence.anchors import lost_anchors
from promotion.reference.models import Citation, Source

DOCUMENTS = Path(os.environ.get("DOCUMENTS_DIR", settings.BASE_DIR.parent / "shared" / "documents"))


def problem_of(folder, paragraph, excerpt, file_name="paper.txt"):
    """Return what is wrong with one citation of a small paper, or None."""
    (folder / "paper.txt").write_text(
        "\n标题\n\n 全长约2.5公里。 \n税收16.1亿元\n", encoding="utf-8"
    )
    citation = Citation(source=Source(file_name=file_name), paragraph=paragraph, excerpt=excerpt)
    return next((problem for _citation, problem in lost_anchors([citation], folder)), None)


def test_paragraphs_are_the_lines_that_are_not_blank(tmp_path):
    assert problem_of(tmp_path, 2, "约2.5公里") is None


def test_a_phrase_in_another_paragraph_is_found_there(tmp_path):
    assert "3" in problem_of(tmp_path, 2, "16.1亿元")


@pytest.mark.parametrize(
    ("paragraph", "excerpt", "file_name"),
    [(2, "3公里", "paper.txt"), (9, "标题", "paper.txt"), (1, "标题", "lost.txt"), (1, "标题", "")],
)
def test_what_is_lost_is_reported(tmp_path, paragraph, excerpt, file_name):
    assert problem_of(tmp_path, paragraph, excerpt, file_name)


@pytest.mark.django_db
@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason=f"the documents are not at {DOCUMENTS}")
def test_every_citation_of_the_fixtures_is_found_in_the_documents(capsys):
    call_command("load_site", verbosity=0)
    call_command("check_citations", documents=DOCUMENTS)
    checked = int(capsys.readouterr().out.split("checked=")[1].split()[0])
    assert checked == Citation.objects.count() > 300


@pytest.mark.django_db
def test_the_command_fails_and_names_what_is_lost(tmp_path, capsys):
    call_command("load_site", verbosity=0)
    for source in Source.objects.all():
        (tmp_path / source.file_name).write_text("空", encoding="utf-8")
    with pytest.raises(CommandError, match="找不到"):
        call_command("check_citations", documents=tmp_path)
    assert "约2.5公里" in capsys.readouterr().err
