"""The common passwords of Chinese offices, made by rule: what Django's own list does not know.

All are of twelve characters or more; shorter ones are refused by their length.
"""

import gzip
from itertools import product

SHORTEST, LONGEST = 12, 24
# What offices here call themselves, their places, their systems and their wishes, in pinyin and
# English, and the names of the districts that the site comes with.
STEMS = """
    admin administrator root user guest test demo manager master system sysadmin webadmin operator
    oracle mysql server windows huawei inspur office login welcome password passwd passw0rd p@ssw0rd
    p@ssword pa$$word @dmin abc abcd abcdef qwer qwert qwerty asdf asdfgh zxcvbn qaz qazwsx aaa
    putuo taopu putuoqu taopuzhen shanghai shanghaiputuo beijing china zhongguo pudong changfeng
    zhenru caoyang changzheng ganquan yichuan wanli shiquan weilaidao zhongyiyuntaohua
    zhaoshang zhaoshangju zhaoshangyinzi touzi touzicujin yuanqu chanyeyuan fuhuaqi kejiyuan
    zhengfu zhengwu quzhengfu zhenzhengfu bangongshi weiyuanhui gongwei jingwei shangwuwei kewei
    fagaiwei renmin renminzhengfu dangzheng wangzhan menhu houtai guanli guanliyuan xitong mima
    shezhi denglu gongzuo danwei bumen keshi lingdao mishu tongzhi nihao woaini woaizuguo aiwo
    zuguo baobao xiaoming zhangsan lisi wangwu jiayou chenggong facai pingan jixiang ruyi
    xinnian kuaile xingfu jiankang xihuan welcome2 investment invest promotion park company hello
    iloveyou letmein dragon monkey sunshine football princess superman
""".split()  # noqa: SIM905
YEARS = [str(year) for year in (1949, *range(1980, 2031))]
RUNS = """
    1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0123 01234 012345 111 1111
    11111 111111 11111111 000 0000 000000 00000000 222222 333333 555555 666 6666 666666 66666666
    777777 888 8888 888888 88888888 999 9999 999999 520 521 1314 5201314 5211314 112233 123123
    123321 121212 168 1688 518 998 110 119 120 021 0210 02100 200000 200333 200331 200062
    123abc abc123 123qwe qwe123
""".split()  # noqa: SIM905
BEFORE = ["", "@", "_"]
AFTER = ["", "!", "#"]
ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()"]
COLUMNS = ["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/"]
SHIFTED = ["!qaz", "@wsx", "#edc", "$rfv", "%tgb", "^yhn", "&ujm", "*ik,", "(ol.", ")p;/"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def words():
    """Yield a word with a year or a run of digits, in either order, joined as people do."""
    for stem, number, joint, end in product(STEMS, [*YEARS, *RUNS], BEFORE, AFTER):
        yield f"{stem}{joint}{number}{end}"
    for stem, number in product(STEMS, [*YEARS, *RUNS]):
        yield f"{number}{stem}"


def pairs():
    """Yield two words, or one twice or three times."""
    for first, second, joint in product(STEMS, STEMS, ["", "@"]):
        yield f"{first}{joint}{second}"
    for stem, times in product(STEMS, range(2, 7)):
        yield stem * times


def walks():
    """Yield ways along the keyboard: rows, columns, and some of each one after the other."""
    lines = [*ROWS, *(row[::-1] for row in ROWS)]
    for first, second, third in product([*lines, ""], repeat=3):
        yield f"{first}{second}{third}"
    for first, second in product(lines, repeat=2):
        for length in range(3, 10):
            yield first[:length] + second[:length]
            yield (first[:length] + second[:length]) * 2
    for columns in (COLUMNS, SHIFTED):
        for start, count in product(range(len(columns)), range(3, 7)):
            walk = columns[start : start + count]
            for way in (walk, walk[::-1], [column[::-1] for column in walk]):
                yield "".join(way)
    for column, shifted, end in product(COLUMNS, SHIFTED, ["", "!", *RUNS]):
        yield f"{column}{shifted}{end}"
        yield f"{shifted}{column}{end}"
        yield f"{column}{shifted}" * 2


def mixed_walks():
    """Yield three to five columns side by side, each with the shift key held or not."""
    either = list(zip(COLUMNS, SHIFTED, strict=True))
    for start, count in product(range(len(either)), range(3, 6)):
        for walk in product(*either[start : start + count]):
            yield "".join(walk)


def repetitions():
    """Yield the alphabet from any letter on, and one or two characters many times."""
    for start, length in product(range(26), range(SHORTEST, 27)):
        yield (LETTERS * 2)[start : start + length]
    for character, length in product(LETTERS + "0123456789!@#*.", range(SHORTEST, LONGEST + 1)):
        yield character * length
    for first, second in product(LETTERS + "0123456789", repeat=2):
        for length in range(SHORTEST, 17, 2):
            yield (first + second) * (length // 2)


def common_passwords():
    """Return all of them, in lower case, in order."""
    made = {text for rule in (words, pairs, walks, mixed_walks, repetitions) for text in rule()}
    return sorted(text for text in made if SHORTEST <= len(text) <= LONGEST)


def write(path):
    """Write the list, the same bytes each time."""
    text = "\n".join([*common_passwords(), ""])
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
