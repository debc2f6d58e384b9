// Writes tests/data/roster: lists as real schools export them, with everything that goes wrong in practice, and files
// that are no lists at all. All people are invented; their ID numbers have the sequence 9xx of abolished divisions.
//
//     node tools/make_roster_samples.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 as nativeCrc32, deflateRawSync } from 'node:zlib';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'tests', 'data', 'roster');
mkdirSync(folder, { recursive: true });

const table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});
const crc32 = nativeCrc32 ?? ((data) => {
  let crc = 0xffffffff;
  for (const octet of data) crc = (crc >>> 8) ^ table[(crc ^ octet) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
});

/** A zip archive of {name: text or Buffer}. */
function zip(entries) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data, { level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2); // names are UTF-8
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt16LE(0, 6);
    common.writeUInt16LE(0x5c21, 8); // 2026-01-01
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    parts.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02');
    entry.writeUInt16LE(20, 4);
    common.copy(entry, 6, 0, 26);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listing, end]);
}

const escape = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const column = (index) => String.fromCharCode(65 + index);

/** Cells: text; {n} a number; {d} a serial number shown as a date; null none. Rows may be null: left out. */
function sheetXml(rows, merges) {
  const xml = rows.map((cells, r) => cells === null ? '' :
    `<row r="${r + 1}">${cells.map((cell, c) => {
      const at = `${column(c)}${r + 1}`;
      if (cell === null || cell === undefined) return '';
      if (cell.n !== undefined) return `<c r="${at}"><v>${cell.n}</v></c>`;
      if (cell.d !== undefined) return `<c r="${at}" s="1"><v>${cell.d}</v></c>`;
      return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escape(cell)}</t></is></c>`;
    }).join('')}</row>`).join('');
  const merged = merges.length ? `<mergeCells count="${merges.length}">${merges.map((m) => `<mergeCell ref="${m}"/>`).join('')}</mergeCells>` : '';
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${xml}</sheetData>${merged}</worksheet>`;
}

function xlsx(sheets) {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const entries = {
    '[Content_Types].xml': `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>${sheets.map((_, i) => `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join('')}<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`,
    '_rels/.rels': `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${sheets.map((s, i) => `<sheet name="${escape(s.name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets.map((_, i) => `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}<Relationship Id="rId99" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': '<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
  };
  sheets.forEach((sheet, i) => { entries[`xl/worksheets/sheet${i + 1}.xml`] = sheetXml(sheet.rows, sheet.merges ?? []); });
  return zip(entries);
}

/** An ID number of GB 11643 with its check digit; the sequence is odd for boys. */
function id(division, birth, sequence) {
  const head = `${division}${birth}${String(sequence).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...head].reduce((total, digit, i) => total + Number(digit) * weights[i], 0);
  return head + '10X98765432'[sum % 11];
}
const wide = (text) => [...text].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('');
/** The first sequence from `from` whose number ends in X. */
function idWithX(division, birth, from) {
  for (let sequence = from; ; sequence += 2) {
    const number = id(division, birth, sequence);
    if (number.endsWith('X')) return number;
  }
}

const twice = id('320103', '20140105', 901);
const twoClasses = id('320107', '20140206', 903);
const x = idWithX('320123', '20140309', 905);
const wrong = id('320112', '20140410', 907).replace(/.$/, (c) => (c === '5' ? '6' : '5'));
const head1 = ['序号', '学生信息', null, null, null, '就读信息', null, null, '监护人1', null, '监护人2', null];
const head2 = [null, '姓　名', '身份证件号（必填）', '性别', '出生年月日', '年级', '班级', '学籍号', '姓名', '联系电话', '姓名', '联系电话'];
const rows = [
  ['江苏省某实验学校2026年秋学期在籍学生名册'],
  head1,
  head2,
  [{ n: 1 }, '张三', id('320103', '20130901', 911), '男', '2013-9-1', '七年级', '（1）班', null, '张大明', '13800000001', '李小红', '13800000002'],
  [{ n: 2 }, ' 王小二　', wide(id('320107', '20130902', 912)), '女', '2013/09/02', '七年级', null, null, '王大', '１３８０００００００３'],
  [{ n: 3 }, '李𬭊', x.toLowerCase(), null, '2014年3月9日', '七年级', null, null, '李大', '025-83300000'],
  [{ n: 4 }, '王㛃', id('320102', '20131005', 914) + '  ', '女', '20131005', '七年级', '2班', null],
  [{ n: 5 }, '张䶮', id('320104', '20131106', 915), '男', { d: 41584 }, '初一', '2', null],
  [{ n: 6 }, '买买提•艾力', id('650102', '20131207', 917), '男', '2013.12.7', '七', '2班', null],
  [{ n: 7 }, '阿卜杜热合曼·阿卜杜克里木·阿卜杜拉江', id('653101', '20140101', 919), '男', null, '七年级', '2班', null],
  null,
  [{ n: 8 }, '赵六', { n: 3.20106201401014e17 }, '男', null, '七年级', '2班', null],
  [{ n: 9 }, '钱七', '3.20106E+17', '男', null, '七年级', '2班', null],
  [{ n: 10 }, '孙八', twice, '男', null, '七年级', '2班', null],
  [{ n: 11 }, '孙八', twice, '男', null, '七年级', '2班', null],
  [{ n: 12 }, '周九', twoClasses, '男', null, '七年级', '1班', null],
  [{ n: 13 }, '周九', twoClasses, '男', null, '七年级', '2班', null],
  [{ n: 14 }, '吴十', wrong, '男', null, '七年级', '2班', null],
  [{ n: 15 }, '郑十一', id('320102', '20140212', 921), '女', null, '七年级', '2班', null],
  [{ n: 16 }, '冯十二', '320102140212921', '男', null, '七年级', '2班', null],
  [{ n: 17 }, '陈十三', id('320102', '20140312', 923), '男', null, '七年级', '9班', null],
  [{ n: 18 }, '褚十四', id('320102', '20140313', 925), '男', null, '十九年级', '1班', null],
  [null, null, null, null, null, null, null, null],
];
const merges = ['A1:L1', 'A2:A3', 'B2:E2', 'F2:H2', 'I2:J2', 'K2:L2', 'G4:G6'];
writeFileSync(join(folder, 'nasty.xlsx'), xlsx([{ name: '空表', rows: [] }, { name: '七年级', rows, merges }, { name: '说明', rows: [['填表说明：请勿修改表头']] }]));

const text = (cell) => (cell === null || cell === undefined ? '' : String(cell.n ?? cell.d ?? cell));
const csvField = (value) => (/[",\n]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value);
const csvRows = [head2.map((name, i) => (i === 8 ? '监护人1姓名' : i === 9 ? '监护人1联系电话' : i === 10 ? '监护人2姓名' : i === 11 ? '监护人2联系电话' : name)),
  ...rows.slice(3).filter((row) => row && row[1]).map((row) => [...row.slice(0, 6), row[6] ?? '（1）班', ...row.slice(7)])];
const csv = csvRows.map((row) => row.map((cell) => csvField(text(cell))).join(',')).join('\r\n') + '\r\n';
writeFileSync(join(folder, 'nasty-utf8.csv'), csv);
writeFileSync(join(folder, 'nasty-utf8-bom.csv'), '\ufeff' + csv);
writeFileSync(join(folder, 'nasty-gb18030.csv'), execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: csv }));
writeFileSync(join(folder, 'zero-bytes.xlsx'), '');
writeFileSync(join(folder, 'empty-sheet.xlsx'), xlsx([{ name: 'Sheet1', rows: [] }]));
writeFileSync(join(folder, 'renamed-zip.xlsx'), zip({ 'photos/readme.txt': 'not a spreadsheet' }));
writeFileSync(join(folder, 'zip-bomb.xlsx'), zip({
  'xl/workbook.xml': '<workbook><sheets><sheet name="1" sheetId="1" r:id="r1" xmlns:r="r"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
  'xl/worksheets/sheet1.xml': Buffer.concat([Buffer.from('<worksheet><sheetData><row>'), Buffer.alloc(64 << 20, ' ')]),
}));
