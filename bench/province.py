#!/usr/bin/env python3
"""A made-up province: how long it takes to make, how large it is, and how soon its server answers while everybody comes at once.
Usage: province.py BUILD_FOLDER FOLDER

  BENCH_PEOPLE=10800000              how many stand in the rosters (100000)
  BENCH_DATABASE=postgresql://…      an empty database; a file in the folder otherwise
  BENCH_PROVINCE=/srv/trial          a data folder that `educard demo --people` has filled already; nothing is made, and it stays
"""
import json
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import time

import open_loop
import running
from running import BUILD, Server, log, report

PEOPLE = int(os.environ.get('BENCH_PEOPLE', '100000'))
DATABASE = os.environ.get('BENCH_DATABASE', '')
SECONDS = int(os.environ.get('BENCH_SECONDS', '30'))
MADE = os.environ.get('BENCH_PROVINCE', '')
PASSWORD = 'jiaoyuka-demo'
VISITORS = 24  # of each kind; each takes a sign-in, whose hashing is the dear part
ENGINE = 'postgresql' if DATABASE else 'sqlite'
random.seed(1)


def rows(folder, statement):
    if DATABASE:
        lines = subprocess.run(['psql', DATABASE, '-qAtXF\t', '-c', statement], capture_output=True, text=True, check=True).stdout
        return [line.split('\t') for line in lines.splitlines()]
    with sqlite3.connect(f'file:{folder}/educard.db?mode=ro', uri=True) as database:
        return database.execute(statement).fetchall()


def make(folder):
    begin = time.monotonic()
    command = [BUILD / 'educard', 'demo', '--data', folder, '--people', str(PEOPLE), *(['--database', DATABASE] if DATABASE else [])]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    report(f'province.{ENGINE}.generation', 's', time.monotonic() - begin)


def size(folder):
    if DATABASE:
        return int(rows(folder, 'SELECT pg_database_size(current_database())')[0][0])
    return sum(file.stat().st_size for file in pathlib.Path(folder).glob('educard.db*'))


def some(folder, column, table, where='', count=2000):
    """Of rows all over the table, whose keys grow with time and place."""
    key = 'person_id' if table == 'card' else 'id'
    [[first, last]] = rows(folder, f'SELECT MIN({key}), MAX({key}) FROM {table}')
    first, last = int(first), int(last)
    found = []
    for _ in range(8):
        from_ = random.randint(first, last)
        found += rows(folder, f'SELECT {column} FROM {table} WHERE {key} >= {from_} {where} ORDER BY {key} LIMIT {count // 8}')
    return [row[0] for row in found]


def sign_in(server, names):
    return [running.post(server.url + '/api/v1/sessions', json.loads(running.entry(server.url, name, PASSWORD)))['token'] for name in names]


def named_by(folder, role, count=VISITORS):
    found = rows(folder, f"SELECT user_name FROM account WHERE id IN (SELECT account_id FROM appointment WHERE role = '{role}' "
                         f'AND ended_by IS NULL ORDER BY organisation_id LIMIT {count * 40})')
    return [row[0] for row in random.sample(found, min(count, len(found)))]


def bearer(tokens):
    return lambda number: ('Authorization: Bearer ' + tokens[number % len(tokens)],)


def get(path):
    return lambda number: ('GET', path, b'')


SURNAMES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'
GIVEN = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英子浩宇欣怡梓涵'


def search(province):
    """Names as people type them: a surname with the beginning of a given name, a whole name, and initials."""
    def message(number):
        chance = random.Random(number)
        given = ''.join(chance.choices(GIVEN, k=number % 3))
        query = chance.choice(SURNAMES) + given if given else ''.join(chance.choices('zlwyxchjg', k=3))
        return 'POST', '/api/v1/roster-searches', json.dumps({'organisation_id': str(province), 'query': query, 'limit': 20}).encode()
    return message


def mixed(server, folder):
    pupils = sign_in(server, some(folder, 'user_name', 'account', 'AND person_id IS NOT NULL', 240)[:VISITORS * 2])
    teachers, schools = (sign_in(server, named_by(folder, role)) for role in ('class_teacher', 'school_admin'))
    administrators = sign_in(server, ['province'])
    signing_in = [running.entry(server.url, name, PASSWORD).encode() for name in some(folder, 'user_name', 'account', count=8 * 2 * SECONDS)][:2 * SECONDS]
    numbers = some(folder, 'number', 'card')
    random.shuffle(numbers)
    province = rows(folder, "SELECT id FROM organisation WHERE kind = 'province'")[0][0]
    cities, counties = ([row[0] for row in rows(folder, f"SELECT id FROM organisation WHERE kind = '{kind}'")] for kind in ('city', 'county'))
    below = some(folder, 'id', 'organisation', "AND kind = 'school'", 240)
    progress_of = lambda places: lambda n: ('GET', f'/api/v1/progress?organisation_id={places[n % len(places)]}', b'')
    kinds = [
        open_loop.Kind('sign_in', 2, lambda n: ('POST', '/api/v1/sessions', signing_in[n])),
        open_loop.Kind('captcha', 18, lambda n: ('POST', '/api/v1/captchas', b'{"form":"text","language":"zh_cn"}')),
        open_loop.Kind('profile', 100, get('/api/v1/me'), bearer(pupils)),
        open_loop.Kind('application', 40, get('/api/v1/applications'), bearer(pupils)),
        open_loop.Kind('card', 100, get('/api/v1/card'), bearer(pupils)),
        open_loop.Kind('queue', 60, get('/api/v1/reviews?limit=50'), bearer(teachers + schools)),
        open_loop.Kind('search', 40, search(province), bearer(administrators)),
        open_loop.Kind('dashboard', 5, get(f'/api/v1/progress?organisation_id={province}'), bearer(administrators)),
        open_loop.Kind('city_dashboard', 5, progress_of(cities), bearer(administrators)),
        open_loop.Kind('county_dashboard', 25, progress_of(counties), bearer(administrators)),
        open_loop.Kind('school_dashboard', 10, progress_of(below), bearer(administrators)),
        open_loop.Kind('bulletin_preview', 3, get(f'/api/v1/bulletin-previews?organisation_id={province}'), bearer(administrators)),
        open_loop.Kind('counties_preview', 2, get(f'/api/v1/bulletin-previews?organisation_id={province}&level=counties'), bearer(administrators)),
        open_loop.Kind('verification', 100, lambda n: ('POST', '/api/v1/verifications', json.dumps({'code': numbers[n % len(numbers)]}).encode())),
    ]
    open_loop.run(server.url, kinds, SECONDS)
    return kinds


def print_bulletins(server, folder):
    """The largest county's bulletin as PDF: the slowest of five."""
    token = sign_in(server, ['province'])[0]
    county = rows(folder, """SELECT c.id FROM organisation c JOIN organisation s ON s.parent_id = c.id
                             WHERE c.kind = 'county' AND s.kind = 'school' GROUP BY c.id ORDER BY COUNT(*) DESC LIMIT 1""")[0][0]
    bulletin = running.post(server.url + '/api/v1/bulletins', {'organisation_id': str(county)}, token)['summary']['id']
    times = []
    for _ in range(5):
        begin = time.monotonic()
        octets = len(running.get(f'{server.url}/api/v1/bulletins/{bulletin}/pdf', token))
        times.append(time.monotonic() - begin)
    log(f'a bulletin of {octets / 1000:.0f} kB')
    report(f'province.{ENGINE}.bulletin_pdf', 's', max(times), 2, at_most=True)


def say(kinds, resident, hashing):
    aims = {'search': 0.1, 'dashboard': 0.05,
            **dict.fromkeys(('city_dashboard', 'county_dashboard', 'school_dashboard', 'bulletin_preview', 'counties_preview'), 0.2)}
    asked = sum(len(kind.answers) for kind in kinds)
    log(f'{asked} requests in {SECONDS} s, {asked / SECONDS:.0f} a second')
    for kind in kinds:
        seconds = kind.seconds()
        failed = [answer[0] for answer in kind.answers if answer[0] >= 300]
        busy = [status for status in failed if status == 503]
        if len(failed) > len(kind.answers) / 100 and (kind.name != 'sign_in' or len(busy) < len(failed)):
            raise SystemExit(f'{kind.name}: {len(failed)} of {len(kind.answers)} failed: {sorted(set(failed))}')
        if kind.name == 'sign_in':  # more than the cores can hash beside the rest is refused, not queued
            report(f'province.{ENGINE}.sign_ins_refused', '', len(busy) / len(kind.answers))
        less = hashing if kind.name == 'sign_in' else 0
        name = 'sign_in_without_hashing' if less else kind.name
        report(f'province.{ENGINE}.{name}_p50', 's', max(0, open_loop.quantile(seconds, 0.5) - less))
        report(f'province.{ENGINE}.{name}_p99', 's', max(0, open_loop.quantile(seconds, 0.99) - less), aims.get(kind.name, 0), at_most=True)
        if failed:
            log(f'{kind.name}: {len(failed)} of {len(kind.answers)} refused: {sorted(set(failed))}')
    report(f'province.{ENGINE}.memory_under_load', 'MB', resident, 300, at_most=True)


def private_memory(process):
    """Without the pages of the database file, which are the system's to drop."""
    status = pathlib.Path(f'/proc/{process}/status').read_text()
    return sum(int(re.search(rf'{name}:\s+(\d+)', status)[1]) for name in ('RssAnon', 'VmSwap')) / 1024


def seconds_to_hash():
    lines = subprocess.run([BUILD / 'bench/bench_password', '2'], capture_output=True, text=True, check=True).stdout
    return 1 / next(figure['value'] for figure in map(json.loads, lines.splitlines()) if figure['figure'] == 'argon2id.per_cpu_second')


def main(folder):
    data = MADE or f'{folder}/province'
    if not MADE:
        make(data)
    people = int(rows(data, 'SELECT COUNT(*) FROM roster_entry')[0][0])
    report(f'province.{ENGINE}.people', '', people)
    report(f'province.{ENGINE}.size', 'GB', size(data) / 1e9)
    report(f'province.{ENGINE}.octets_per_person', 'B', size(data) / people)
    options = ['--limit-networks', 'false', *(['--database', DATABASE] if DATABASE else [])]
    with Server(data, *options) as server:
        kinds = mixed(server, data)
        resident = private_memory(server.process.pid)
        print_bulletins(server, data)
    say(kinds, resident, seconds_to_hash())


main(sys.argv[2])
