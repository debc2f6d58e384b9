#!/usr/bin/env python3
"""The figures that need the running server: sign_in, get, start, storm.  Usage: served.py BUILD_FOLDER FIGURE…

Prints a line of JSON for each figure. What is compared runs in turns in the same minutes. On a machine that others use as well the
rates by processor time (user and system time of the server's processes, not of the client) say more than the rates by the clock.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import open_loop
import running
from running import BUILD, CORES, Server, cpu_of, log, report

ROUNDS = int(os.environ.get('BENCH_ROUNDS', '3'))
SECONDS = int(os.environ.get('BENCH_SECONDS', '4'))
PASSWORD = 'green kettle on the stove'


def wrk(url, cpu, connections, seconds, script=None, count=None):
    """Answers a second by the clock, and a processor second of the server."""
    begun, before = time.monotonic(), cpu()
    command = ['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '--timeout', '20s']
    output = subprocess.run([*command, *(['-s', script] if script else []), url], capture_output=True, text=True, check=True).stdout
    if count:
        while in_flight(url):  # what wrk no longer waits for was worked on all the same
            time.sleep(0.01)
    used, taken = cpu() - before, time.monotonic() - begun
    if re.search(r'Non-2xx|Socket errors', output) and not count:
        raise SystemExit('a request failed:\n' + output)
    answers = count() if count else int(re.search(r'(\d+) requests in', output)[1])
    return answers / taken, answers / max(used, 1e-9)


# ---- sign-ins

WRK_SIGN_IN = '''
local bodies, next_body = {}, 0
for line in io.lines("%s") do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
function request()
  next_body = next_body + 1
  return wrk.format(nil, nil, nil, bodies[next_body] or "{}")
end
'''


def sign_in(folder):
    """Sign-ins over HTTP on loopback: wrk sends them, every one with a captcha of its own that was fetched and solved before. The
    bound on one network is off (--limit-networks false), for it would stop one address; those on accounts stay on."""
    make_accounts(folder)
    script, bodies = f'{folder}/sign_in.lua', f'{folder}/bodies'
    pathlib.Path(script).write_text(WRK_SIGN_IN % bodies)
    ratios, by_cpu, rates = [], [], []
    with Server(folder, '--limit-networks', 'false') as server:
        for turn in range(ROUNDS):
            with open(bodies, 'w') as file:
                file.writelines(entry(server.url, number) + '\n' for number in range(SECONDS * CORES * 60))
            bare = bare_argon2id()
            rate, cpu_rate = wrk(server.url + '/api/v1/sessions', server.cpu, 2 * CORES, SECONDS, script, signed_in_counter(folder))
            log(f'round {turn + 1}: argon2id {bare["argon2id.per_second"]:.1f}/s ({bare["argon2id.per_cpu_second"]:.1f} a processor '
                f'second), sign-ins {rate:.1f}/s ({cpu_rate:.1f})')
            rates.append(rate)
            ratios.append(rate / bare['argon2id.per_second'])
            by_cpu.append(cpu_rate / bare['argon2id.per_cpu_second'])
    report('sign_in.against_argon2id', 'ratio', statistics.median(ratios), 0.9)
    report('sign_in.against_argon2id_by_cpu_time', 'ratio', statistics.median(by_cpu), 0.9)
    report('sign_in.per_second', '1/s', statistics.median(rates))


ACCOUNTS = 16


def make_accounts(folder):
    for number in range(ACCOUNTS):
        subprocess.run([BUILD / 'educard', 'admin', 'create', '--data', folder, '--user-name', f'bench{number:02}', '--name', '测试员',
                        '--password-stdin'], input=PASSWORD + '\n', text=True, check=True, capture_output=True)


def entry(url, number):
    return running.entry(url, f'bench{number % ACCOUNTS:02}', PASSWORD)


def bare_argon2id():
    lines = subprocess.run([BUILD / 'bench/bench_password', str(SECONDS)], capture_output=True, text=True, check=True).stdout
    return {line['figure']: line['value'] for line in map(json.loads, lines.splitlines())}


def storm(folder):
    """Sign-ins at twice the rate that the processors can hash, in open loop, while cards are verified and pages are read: those that are let
    in are answered in time, the others are told at once when to come again, and nothing else slows."""
    subprocess.run([BUILD / 'educard', 'demo', '--data', folder], check=True, capture_output=True)
    make_accounts(folder)
    per_second = 2 * bare_argon2id()['argon2id.per_second']
    seconds = 5 * SECONDS
    with Server(folder, '--limit-networks', 'false') as server:
        number = card_number(folder)
        entries = [entry(server.url, turn).encode() for turn in range(int(per_second * seconds))]
        kinds = [open_loop.Kind('sign_in', per_second, lambda n: ('POST', '/api/v1/sessions', entries[n])),
                 open_loop.Kind('verification', 50, lambda n: ('POST', '/api/v1/verifications', json.dumps({'code': number}).encode())),
                 open_loop.Kind('page', 50, lambda n: ('GET', '/api/v1/organisations/32', b''))]
        open_loop.run(server.url, kinds, seconds)
    signing_in, verifying, reading = kinds
    refused = [answer for answer in signing_in.answers if answer[0] in (429, 503)]
    strange = [answer for answer in signing_in.answers if answer[0] >= 300 and answer not in refused]
    if strange or any(status >= 300 for kind in (verifying, reading) for status, _, _ in kind.answers):
        raise SystemExit(f'a request failed: {strange[:3]} {[kind.answers[:2] for kind in (verifying, reading)]}')
    let_in = signing_in.seconds()
    log(f'{len(signing_in.answers)} sign-ins asked for in {seconds} s, {len(let_in)} let in, {len(refused)} refused')
    report('storm.sign_ins_per_second', '1/s', len(let_in) / seconds)
    report('storm.sign_in_p50', 's', open_loop.quantile(let_in, 0.5))
    report('storm.sign_in_p99', 's', open_loop.quantile(let_in, 0.99), 2, at_most=True)
    report('storm.refused_with_retry_after', 'share', sum(1 for answer in refused if answer[2]) / max(1, len(refused)), 1)
    report('storm.refused_p99', 's', open_loop.quantile(sorted(answer[1] for answer in refused), 0.99))
    report('storm.verification_p50', 's', open_loop.quantile(verifying.seconds(), 0.5))
    report('storm.verification_p99', 's', open_loop.quantile(verifying.seconds(), 0.99), 0.05, at_most=True)
    report('storm.page_p99', 's', open_loop.quantile(reading.seconds(), 0.99))


def card_number(folder):
    """Of somebody in the demonstration."""
    with sqlite3.connect(f'file:{folder}/educard.db?mode=ro', uri=True) as database:
        return database.execute("SELECT number FROM card WHERE state = 'active' LIMIT 1").fetchone()[0]


def in_flight(url):
    with urllib.request.urlopen(url.split('/api')[0] + '/metrics') as answer:
        return int(float(re.search(r'^educard_requests_in_flight (\S+)', answer.read().decode(), re.M)[1]))


def signed_in_counter(folder):
    """A function that says how many sign-ins the server's log has since now."""
    def count():
        return len(re.findall(r'POST /api/v1/sessions 2\d\d', pathlib.Path(f'{folder}/educard.log').read_text()))
    before = count()
    return lambda: count() - before


# ---- small answers, against nginx

NGINX = '''
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/nginx_error.log;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/nginx_access.log;
    client_body_temp_path {folder}/nginx_body; proxy_temp_path {folder}/nginx_proxy; fastcgi_temp_path {folder}/nginx_fastcgi;
    uwsgi_temp_path {folder}/nginx_uwsgi; scgi_temp_path {folder}/nginx_scgi;
    keepalive_requests 100000000;
    default_type '';
    server {{
        listen 127.0.0.1:{port} reuseport;
{locations}
    }}
}}
'''


def as_location(path, url):
    """nginx's own answer with the same headers and the same body."""
    with urllib.request.urlopen(url + path) as answer:
        body = answer.read().decode()
        headers = [(name, value) for name, value in answer.getheaders()
                   if name.lower() not in ('date', 'server', 'connection', 'content-length', 'content-type', 'x-request-id')]
        kind = answer.headers['Content-Type']
    quoted = lambda text: "'" + text.replace('\\', '\\\\').replace("'", "\\'").replace('$', '${dollar}') + "'"
    lines = [f'            add_header {name} {quoted(value)};' for name, value in headers]
    lines.append(f'            add_header X-Request-Id {quoted("0" * 16)};')
    return '\n'.join([f'        location = {path} {{', f'            default_type {quoted(kind)};', *lines,
                      f'            return 200 {quoted(body)};', '        }'])


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def get(folder):
    """wrk asks for the same small answers of educard and of nginx, in turns; both write their access log to a file."""
    paths = {'/healthz': 'get_healthz', '/api/v1/policies/current': 'get_api', '/api/v1/organisations/32': 'get_api_database'}
    with Server(folder, '--limit-networks', 'false') as server:
        port = free_port()
        locations = '\n'.join(as_location(path, server.url) for path in paths)
        text = NGINX.format(folder=folder, port=port, locations=locations).replace('http {', 'http {\n    geo $dollar { default "$"; }', 1)
        pathlib.Path(f'{folder}/nginx.conf').write_text(text)
        nginx = subprocess.Popen(['nginx', '-c', f'{folder}/nginx.conf', '-p', folder], stderr=subprocess.DEVNULL,
                                 env={**os.environ, 'PATH': os.environ['PATH'] + ':/usr/sbin'})
        try:
            wait_for(f'http://127.0.0.1:{port}/healthz')
            children = pathlib.Path(f'/proc/{nginx.pid}/task/{nginx.pid}/children').read_text().split()
            for path, name in paths.items():
                compare(name, path, server, f'http://127.0.0.1:{port}', lambda: cpu_of(children))
        finally:
            nginx.send_signal(signal.SIGTERM)
            nginx.wait(timeout=30)


def wait_for(url):
    for _ in range(200):
        try:
            urllib.request.urlopen(url).read()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit('nginx does not start')


def compare(name, path, server, nginx_url, nginx_cpu):
    ratios, by_cpu, rates = [], [], []
    for turn in range(ROUNDS):
        theirs, theirs_by_cpu = wrk(nginx_url + path, nginx_cpu, 32, max(2, SECONDS // 2))
        ours, ours_by_cpu = wrk(server.url + path, server.cpu, 32, max(2, SECONDS // 2))
        log(f'{path} round {turn + 1}: nginx {theirs:.0f}/s ({theirs_by_cpu:.0f} a processor second), '
            f'educard {ours:.0f}/s ({ours_by_cpu:.0f})')
        rates.append(ours)
        ratios.append(ours / theirs)
        by_cpu.append(ours_by_cpu / theirs_by_cpu)
    report(f'{name}.against_nginx', 'ratio', statistics.median(ratios), 0.6)
    report(f'{name}.against_nginx_by_cpu_time', 'ratio', statistics.median(by_cpu), 0.6)
    report(f'{name}.per_second', '1/s', statistics.median(rates))


# ---- start

def start(folder):
    """Starts on the database of the demonstration, to the line that says "ready"; memory a second later, with everything idle."""
    subprocess.run([BUILD / 'educard', 'demo', '--data', folder], check=True, capture_output=True)
    times, cpus, resident, proportional = [], [], [], []
    for _ in range(2 * ROUNDS + 1):
        with Server(folder) as server:
            cpus.append(server.cpu())
            times.append(server.seconds_to_ready)
            time.sleep(1)
            smaps = pathlib.Path(f'/proc/{server.process.pid}/smaps_rollup').read_text()
            resident.append(int(re.search(r'^Rss:\s+(\d+)', smaps, re.M)[1]) / 1024)
            proportional.append(int(re.search(r'^Pss:\s+(\d+)', smaps, re.M)[1]) / 1024)
    log(f'starts took {min(times):.3f} to {max(times):.3f} s')
    report('start.seconds', 's', statistics.median(times), 0.3, at_most=True)
    report('start.cpu_seconds', 's', statistics.median(cpus), 0.3, at_most=True)
    report('start.memory_rss', 'MB', statistics.median(resident), 60, at_most=True)
    report('start.memory_pss', 'MB', statistics.median(proportional), 60, at_most=True)


FIGURES = {'sign_in': sign_in, 'get': get, 'start': start, 'storm': storm}

for wanted in sys.argv[2:]:
    place = tempfile.mkdtemp(prefix='educard-bench-')
    try:
        FIGURES[wanted](place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
