"""What the figures of a running server share: the program, its processor time, its visitors. The first argument of the script is the folder
of the build."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.request

BUILD = pathlib.Path(sys.argv[1])
CORES = os.cpu_count()


def report(figure, unit, value, aim=0, at_most=False):
    print(json.dumps({'figure': figure, 'unit': unit, 'value': round(value, 4), 'aim': aim, 'at_most': at_most}), flush=True)


def log(text):
    print(text, flush=True)


class Server:
    """educard on a port of its own choice."""

    def __init__(self, data, *options):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [BUILD / 'educard', 'serve', '--data', data, '--port', '0', '--log-file', f'{data}/educard.log',
             '--require-second-factor', 'false', *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = ''
        while not (ready := re.match(r'ready: (\S+)', line)):
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit('educard does not start')
        self.seconds_to_ready = time.monotonic() - self.started
        self.url = ready[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)

    def cpu(self):
        return cpu_of([self.process.pid])


def cpu_of(processes):
    """Processor seconds that the processes' threads have had, to the nanosecond."""
    threads = (file for process in processes for file in pathlib.Path(f'/proc/{process}/task').glob('*/schedstat'))
    return sum(int(file.read_text().split()[0]) for file in threads) / 1e9


def post(url, body, token=None):
    request = urllib.request.Request(url, json.dumps(body).encode(), {'Content-Type': 'application/json', **bearer(token)})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def get(url, token):
    with urllib.request.urlopen(urllib.request.Request(url, headers=bearer(token))) as answer:
        return answer.read()


def bearer(token):
    return {'Authorization': f'Bearer {token}'} if token else {}


# ---- visitors

CHINESE = '零 一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十'.split()
FAMILIES = ['苹果香蕉葡萄西瓜桃子草莓', '小猫小狗兔子大象老虎猴子', '桌子椅子书柜沙发衣柜板凳', '红色蓝色绿色黄色白色紫色',
            '火车汽车飞机轮船地铁卡车', '铅笔橡皮尺子本子钢笔圆规']
PLACES = {'第一': 0, '第二': 1, '第三': 2, '最后一': 3}


def answer_to(question):
    """The task in words, as a person solves it."""
    if found := re.match(r'(\S+?)(加|减)(\S+?)等于多少', question):
        sign = 1 if found[2] == '加' else -1
        return str(CHINESE.index(found[1]) + sign * CHINESE.index(found[3]))
    words = re.search(r'：(.+?)？', question)[1].split('、')
    if '哪个数最大' in question:
        return str(max(CHINESE.index(word) for word in words))
    if found := re.search(r'，(第一|第二|第三|最后一)个是什么', question):
        return words[PLACES[found[1]]]
    families = [next(i for i, family in enumerate(FAMILIES) if word in family) for word in words]
    return next(word for word, family in zip(words, families) if families.count(family) == 1)


def entry(url, login, password):
    """What signs an account in, with a captcha fetched and solved now."""
    task = post(url + '/api/v1/captchas', {'form': 'text', 'language': 'zh_cn'})
    return json.dumps({'login': login, 'password': password, 'transport': 'token',
                       'captcha': {'id': task['id'], 'answer': answer_to(task['question'])}})
