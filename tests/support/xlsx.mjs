// A workbook as Excel writes it: one sheet, texts shared by number, everything deflated.
import { deflateRawSync } from 'node:zlib'

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; ++bit) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

function crc32(octets) {
  let value = -1
  for (const octet of octets) value = crcTable[(value ^ octet) & 255] ^ (value >>> 8)
  return ~value >>> 0
}

/** A .zip of { name: text }. */
function zip(files) {
  const [local, central] = [[], []]
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const octets = Buffer.from(text)
    const packed = deflateRawSync(octets)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(8, 4)
    head.writeUInt32LE(crc32(octets), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(octets.length, 18)
    head.writeUInt16LE(name.length, 22)
    const end = Buffer.alloc(14)
    end.writeUInt32LE(offset, 10)
    const parts = [Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]
    local.push(...parts)
    central.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), head, end, Buffer.from(name))
    offset += parts.reduce((sum, part) => sum + part.length, 0)
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(Object.keys(files).length, 4)
  end.writeUInt16LE(Object.keys(files).length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end])
}

const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** The workbook of these rows of texts. */
export function workbook(rows) {
  const shared = new Map()
  const number = text => shared.get(text) ?? (shared.set(text, shared.size), shared.size - 1)
  const sheet = rows.map((row, at) => `<row r="${at + 1}">${row.map((text, column) => `<c r="${String.fromCharCode(65 + column)}${at + 1}" t="s"><v>${number(text)}</v></c>`).join('')}</row>`)
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const packages = 'http://schemas.openxmlformats.org/package/2006'
  const kind = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
  return zip({
    '[Content_Types].xml': `${xml}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${kind}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${kind}.sharedStrings+xml"/></Types>`,
    '_rels/.rels': `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `${xml}<worksheet xmlns="${main}"><sheetData>${sheet.join('')}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `${xml}<sst xmlns="${main}" uniqueCount="${shared.size}">${[...shared.keys()].map(text => `<si><t>${escaped(text)}</t></si>`).join('')}</sst>`,
  })
}
