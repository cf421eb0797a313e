"""Synthetic companies in a sheet, as an office would hand them in; needs Django to be set up.

Run through `Site.python`: the process that measures does not import this module.
"""

import csv
import random

from companies.models import credit_code_check_digit
from parks.models import Park
from promotion.reference.models import Industry, IndustryScheme

PARKS, INDUSTRIES = 20, 12
HEADINGS = [
    "企业名称", "统一社会信用代码", "园区", "产业", "地址", "成立日期", "注册资本（万元）",
    "员工人数", "联系电话", "联系人",
]  # fmt: skip
PLACES = "上海 上海普陀 长三角 华东 苏州 杭州 南京 宁波 合肥 无锡 常州 嘉兴 绍兴 湖州".split()
BRANDS = (
    "瑞 恒 达 智 信 和 盛 泰 华 诚 远 博 天 海 明 德 科 创 联 通 宏 源 安 康 正 新 东 方 金 "
    "鼎 凯 思 维 卓 越 启 航 云 峰 嘉 美 力 合 众 汇 宇 星 辰 蓝 图 景 行 同 济 元 亨 利 贞"
).split()
FIELDS = (
    "智能 生物 软件 网络 机器人 新材料 环保 能源 医疗 检测 数据 通信 仪器 物流 传感 光电 半导体 "
    "食品 设计 文化 自动化 精密机械 航空 轨道交通 信息 电子 化工 制药 节能 供应链"
).split()
ACTIVITIES = "科技 技术 工程 服务 咨询 管理 系统 设备 装备 研发 贸易 实业".split()
FORMS = "有限公司 股份有限公司 有限责任公司 集团有限公司".split()
ROADS = "祁连山路 真北路 金沙江路 武宁路 曹杨路 桃浦路 古浪路 绥德路 敦煌路 交通路".split()
SURNAMES = "张 王 李 赵 陈 杨 黄 周 吴 徐 孙 马 朱 胡 郭 何".split()
STORED_DATE = "{0}-{1:02}-{2:02}"
DATES = [STORED_DATE, "{0}/{1}/{2}", "{0}年{1}月{2}日", "{0}.{1}.{2}", "{0}年{1}月", "{0}"]


def make_references():
    """Make the parks and industries that the sheets name."""
    for number in range(PARKS):
        Park.objects.create(slug=f"park-{number}", name=f"测试园区{number}", kind="industrial_park")
    scheme = IndustryScheme.objects.create(slug="scheme", name="测试分类")
    for number in range(INDUSTRIES):
        Industry.objects.create(slug=f"industry-{number}", name=f"测试产业{number}", scheme=scheme)


def names(chance):
    """Yield company names without end, none of them twice."""
    seen = set()
    while True:
        brand = "".join(chance.sample(BRANDS, chance.choice([2, 3])))
        words = [chance.choice(words) for words in (FIELDS, ACTIVITIES, FORMS)]
        name = chance.choice(PLACES) + brand + "".join(words)
        if name not in seen:
            seen.add(name)
            yield name


def credit_code(number):
    stem = f"91310107MA{number:07}"
    return stem + credit_code_check_digit(stem)


def write_sheet(path, count, dates=DATES):
    """Write a CSV file of so many companies; the same call makes the same file.

    `dates` are the ways in which offices write a day, one of them chosen for each row.
    """
    chance = random.Random(count)
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number, name in zip(range(count), names(chance), strict=False):
            industries = chance.sample(range(INDUSTRIES), 2)
            day = chance.randint(1995, 2024), chance.randint(1, 12), chance.randint(1, 28)
            writer.writerow(
                [
                    name,
                    credit_code(number),
                    f"测试园区{chance.randrange(PARKS)}",
                    "、".join(f"测试产业{industry}" for industry in industries),
                    f"上海市普陀区{chance.choice(ROADS)}{chance.randint(1, 2999)}号",
                    chance.choice(dates).format(*day),
                    chance.choice([50, 100, 500, 1000, 2000.5, chance.randint(10, 90000)]),
                    chance.randint(1, 3000),
                    f"021-6{chance.randrange(10**7):07}",
                    chance.choice(SURNAMES) + chance.choice(BRANDS),
                ]
            )
