#!/usr/bin/env python3
"""Prints the figures of a run as a table and keeps them with what they were measured on.  Usage: table.py LINES RESULTS FOLDER"""
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

lines, results, folder = map(pathlib.Path, sys.argv[1:])
figures = [json.loads(line) for line in lines.read_text().splitlines()]


def said(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def first(path, pattern):
    found = re.search(pattern, pathlib.Path(path).read_text(), re.M)
    return found[1] if found else ''


def verdict(figure):
    if not figure['aim']:
        return ''
    good = figure['value'] <= figure['aim'] if figure.get('at_most') else figure['value'] >= figure['aim']
    return 'met' if good else 'missed'


machine = {
    'processor': first('/proc/cpuinfo', r'^model name\s*:\s*(.+)$') or platform.machine(),
    'cores': os.cpu_count(),
    'memory_mb': int(first('/proc/meminfo', r'^MemTotal:\s+(\d+)')) // 1024,
    'system': first('/etc/os-release', r'^PRETTY_NAME="?([^"\n]+)'),
    'kernel': platform.release(),
    'file_system': said('stat', '-f', '-c', '%T', str(folder)),
    'compiler': said('clang++-19', '--version').split('\n')[0],
    'load_at_end': [round(load, 1) for load in os.getloadavg()],
}
for figure in figures:
    figure['verdict'] = verdict(figure)

width = max(len(figure['figure']) for figure in figures)
print(f'\n{"figure":{width}}  {"measured":>12}        {"aim":>8}')
for figure in figures:
    aim = f'{"≤" if figure.get("at_most") else "≥"} {figure["aim"]:g}' if figure['aim'] else ''
    number = f'{figure["value"]:,.0f}' if figure['value'] >= 1000 else f'{figure["value"]:.3g}'
    print(f'{figure["figure"]:{width}}  {number:>12} {figure["unit"]:6} {aim:>8}  {figure["verdict"]}')
print(f'\non {machine["cores"]} cores of {machine["processor"]}, load {machine["load_at_end"][0]}')

now = datetime.datetime.now(datetime.timezone.utc)
name = f'{now:%Y-%m-%d}-{machine["cores"]}-cores-{"-".join(sorted({figure["figure"].split(".")[0] for figure in figures}))}.json'
if len({figure['figure'].split('.')[0] for figure in figures}) > 4:
    name = f'{now:%Y-%m-%d}-{machine["cores"]}-cores.json'
results.mkdir(exist_ok=True)
path = results / name
path.write_text(json.dumps({'at': f'{now:%Y-%m-%dT%H:%M:%SZ}', 'commit': os.environ.get('BENCH_COMMIT') or said('git', 'rev-parse', '--short', 'HEAD'),
                            'machine': machine, 'figures': figures}, indent=1, ensure_ascii=False) + '\n')
print(f'written: {path}')
