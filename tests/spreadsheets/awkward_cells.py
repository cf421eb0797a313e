"""CSV files whose cells are written in the ways that people write them."""

from tests.spreadsheets.samples import credit_code, csv_file

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
COMPANIES = [f"示例{name}公司" for name in "丙丁戊己庚辛壬癸"]
FIGURE = ["数据代码", "所属记录", "指标", "数值", "单位"]


def wide(text):
    """Return a text as an input method types it in full width."""
    return text.translate(WIDE)


def companies(heading, *cells):
    """Return the rows of a sheet of new companies, each with one of these cells beside its name."""
    rows = zip(COMPANIES[: len(cells)], cells, strict=True)
    return [["企业名称", heading], *map(list, rows)]


def characters():
    code = credit_code(3)
    full_width = [
        ["企业名称", "统一社会信用代码", "类型", "员工人数", "成立日期", "联系电话", "联系邮箱",
         "网站", "园区", "产业", "国家或地区"],
        ["示例丙（集团）有限公司", wide(code), "企业集团\u3000", wide("1,200人"), wide("2022/10/1"),
         wide("021-60000000"), wide("info@example.com"), wide("https://www.example.com/a"),
         wide("Example West Park"), wide("AI"), wide("germany")],
    ]  # fmt: skip
    invisible = [
        ["企业名称\u200b", "\u00a0员工人数\u3000", "联系电话", "统一社会信用代码", "园区",
         "成立日期", "联系邮箱", "网站"],
        ["\u3000示例\u200b丙公司\ufeff\u00a0", "1\u00a0200\u3000", "\u202d021-60000000\u202c",
         f"\u00a0{code}\u200b", "示例\u200b东园\u00a0", "\u00a02022年10月\u200b",
         "info@example.com\u200b", "\u00a0example.com\u200b"],
    ]  # fmt: skip
    return {
        "full-width.csv": full_width,
        "invisible-characters.csv": invisible,
        "address-with-wide-path.csv": companies("网站", "https://example.com/示例（甲）"),
        "control-characters.csv": [
            ["企业名称", "地址"],
            ["示例丙\x07公司", "示例路\x1b[1m"],
            ["示例丁公司", "示例路4号"],
        ],
        "nul-characters.csv": [["企业名称", "员工人数"], ["示例丙\x00公司", "3\x00"]],
        "names-by-another-width.csv": [["企业名称", "员工人数"], ["示例乙(集团)有限公司", "20"]],
        "formula-like-text.csv": [
            ["企业名称", "地址", "联系电话", "简介"],
            ["示例丙公司", "=1+1", "+86 21 6000 0000", "-示例"],
            ["示例丁公司", "'=1+1", "'+86 21 6000 0000", '@示例\n=HYPERLINK("x")'],
        ],
        "apostrophes.csv": [
            ["企业名称", "统一社会信用代码", "联系电话", "员工人数", "成立日期"],
            ["示例丙公司", f"'{code}", "'02160000000", "'3", "'2022-10-01"],
        ],
    }


def codes_and_phones():
    good = credit_code(3)
    wrong_digit = good[:-1] + ("1" if good[-1] != "1" else "2")
    heading = "统一社会信用代码"
    return {
        "credit-codes-taken.csv": [
            *companies(heading, good.lower(), f"{credit_code(4)} "),
            ["示例甲公司新名", credit_code(1)],
        ],
        "credit-codes-wrong.csv": companies(
            heading, wrong_digit, good[:-1], good.replace("M", "I"), "无"
        ),
        "credit-codes-rounded.csv": companies(heading, "913101071234567000", "9.1310107E+17"),
        "credit-codes-shared.csv": companies(heading, good, good),
        "phones.csv": companies(
            "联系电话", "+86 21 6000 0000", "021-60000000转800、13800000000", "02160000000"
        ),
        "phones-damaged.csv": companies("联系电话", "1.38E+10"),
    }


def numbers():
    return {
        "units.csv": [
            ["园区名称", "类型", "占地面积", "建筑面积", "总投资"],
            ["示例一园", "产业园区", "1.2平方公里", "3.5万平方米", "1.5亿元"],
            ["示例二园", "产业园区", "1,200", "12,345.5 ㎡", "5,000万元"],
            ["示例三园", "产业园区", "3亩", "2.5公顷", "2亿"],
            ["示例四园", "产业园区", "１．５万", "120000m2", "人民币500万元"],
        ],
        "units-wrong.csv": [
            ["企业名称", "员工人数", "注册资本"],
            ["示例丙公司", "3公里", "500万美元"],
            ["示例丁公司", "50%", "3平方米"],
            ["示例戊公司", "约100", "100-200"],
            ["示例己公司", "1.2E+05", "12,34"],
            ["示例庚公司", "-3", "暂无"],
            ["示例辛公司", "99999999999", "0.00001"],
        ],
        "units-of-rent.csv": [
            ["房源名称", "园区", "用途", "面积", "租金"],
            ["示例房源", "示例东园", "办公", "120平米", "3.5元/㎡·天"],
        ],
        "figures-with-units.csv": [
            [*FIGURE, "首页显示"],
            ["example-length", "园区:east-park", "示例长度", "12.7公里", "公里", "是"],
            ["example-share", "园区:east-park", "示例占比", "15.1%", "%", "否"],
            ["example-area", "园区:east-park", "示例面积", "3.2平方公里", "平方公里", ""],
            ["example-output", "园区:east-park", "示例产值", "1,200亿元", "亿元", "√"],
            ["example-people", "园区:east-park", "示例人数", "1.2万人", "人", "无"],
        ],
        "figures-with-other-units.csv": [
            FIGURE,
            ["example-length", "园区:east-park", "示例长度", "12.7公里", "%"],
        ],
        "yes-no.csv": [
            [*FIGURE, "是否首页显示"],
            ["example-1", "园区:east-park", "示例一", "1", "家", "是"],
            ["example-2", "园区:示例西园", "示例二", "2", "个", "否"],
            ["example-3", "parks.park:west-park", "示例三", "3", "人", "ＹＥＳ"],
        ],
        "yes-no-wrong.csv": [
            [*FIGURE, "是否首页显示"],
            ["example-1", "园区:east-park", "示例一", "1", "家", "待定"],
            ["example-2", "园去:east-park", "示例二", "2", "间", "否"],
        ],
    }


def dates():
    written = ["2022/10/1", "2022-10-01", "2022年10月1日", "2022年10月", "2022", "2022.10.01",
               "20221001", "2022/10/1 0:00:00"]  # fmt: skip
    wrong = ["2023-02-30", "2022.1", "10/1/2022", "去年", "2022-10-01 09:30", "22-10-1", "44835"]
    return {
        "dates.csv": companies("成立日期", *written),
        "dates-wrong.csv": companies("成立日期", *wrong),
        "dates-before-1901.csv": companies("成立日期", "1898/5/1", "1865年", "1900年1月"),
        "dates-to-the-day.csv": [
            ["房源名称", "园区", "用途", "面积", "可入驻日期"],
            ["示例房源", "示例东园", "办公", "120", "2026年10月"],
        ],
    }


def references():
    return {
        "several-values.csv": [
            ["企业名称", "产业", "园区"],
            ["示例丙公司", "示例软件业、示例生物医药", "示例东园；示例西园"],
            ["示例丁公司", "软件;biotech", "east-park|west-park"],
            ["示例戊公司", "Example AI，软件", "旧西园\n示例东园"],
            ["示例己公司", "软件｜软件、", ""],
        ],
        "references-unknown.csv": [
            ["企业名称", "产业", "园区", "所属集团"],
            ["示例丙公司", "软件、示例生物医要", "示例东圆", "示例乙集团"],
            ["示例丁公司", "软件", "示例西园", "示例乙（集团）有限公司"],
        ],
        "references-within-the-file.csv": [
            ["企业名称", "所属集团", "类型"],
            ["示例丙公司", "示例丁集团", ""],
            ["示例丁集团", "", "企业集团"],
        ],
        "choices-unknown.csv": [
            ["企业名称", "类型", "国家或地区", "发布状态"],
            ["示例丙公司", "集团企业", "德过", "发布"],
            ["示例丁公司", "企业", "德国", "已发布"],
        ],
    }


def records():
    return {
        "duplicate-rows.csv": [
            ["企业名称", "统一社会信用代码", "员工人数"],
            ["示例丙公司", "", "3"],
            ["示例丁公司", "", "4"],
            ["示例丙公司\u3000", "", "3"],
            ["示例甲公司", "", "5"],
            ["示例甲新公司", credit_code(1), "6"],
        ],
        "rows-without-a-name.csv": [
            ["企业名称", "员工人数"],
            ["示例丙公司", "3"],
            ["", "4"],
            ["/", "5"],
        ],
        "too-long.csv": [
            ["企业名称", "地址"],
            ["示例丙公司", "示例" * 150],
            ["示" * 201, "示例路"],
        ],
        "mended-with-error-column.csv": [
            ["企业名称", "员工人数", "错误说明"],
            ["示例丙公司", "3", "“员工人数”“三”：不是数字。"],
            ["示例甲公司", "10", ""],
        ],
    }


def files():
    sheets = {
        **characters(),
        **codes_and_phones(),
        **numbers(),
        **dates(),
        **references(),
        **records(),
    }
    return {name: csv_file(rows) for name, rows in sheets.items()}
