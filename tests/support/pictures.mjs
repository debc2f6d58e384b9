// Small pictures of each type, made here: what is in them is known to the octet.
import { deflateSync, crc32 } from 'node:zlib'

const bytes = (...parts) => new Uint8Array(Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)))))
const be32 = number => [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]
const le32 = number => be32(number).reverse()

/** A chunk of PNG with its checksum. */
export const chunk = (type, data = []) => {
  const body = bytes(type, data)
  return bytes(be32(body.length - 4), body, be32(crc32(body)))
}

/** A PNG in grey; `extra` are chunks that stand before the data. */
export function png(width, height, { extra = [], grey = 128 } = {}) {
  const row = Buffer.alloc(width + 1, grey)
  row[0] = 0
  const data = deflateSync(Buffer.concat(Array(height).fill(row)))
  return bytes('\x89PNG\r\n\x1a\n', chunk('IHDR', [...be32(width), ...be32(height), 8, 0, 0, 0, 0]), ...extra, chunk('IDAT', data), chunk('IEND'))
}

export const onePixel = () => png(1, 1)

/** A WebP that says what is usual, with metadata; its picture is one lossless pixel. */
export function webp({ meta = [] } = {}) {
  const part = (type, data) => bytes(type, le32(data.length), data, data.length % 2 ? [0] : [])
  const chunks = bytes(part('VP8X', [0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0]), part('VP8L', [0x2f, 0, 0, 0, 0, 0x07, 0x10, 0x11, 0x11, 0x88, 0x88, 0x08]), ...meta.map(([type, text]) => part(type, Buffer.from(text))))
  return bytes('RIFF', le32(chunks.length + 4), 'WEBP', chunks)
}

/** The segments of a JPEG as cameras write them; nobody decodes it. */
export function jpeg({ comment = 'taken at 32.05N 118.78E' } = {}) {
  const segment = (marker, data) => bytes([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255], data)
  return bytes([0xff, 0xd8], segment(0xe1, bytes('Exif\0\0', comment)), segment(0xfe, bytes(comment)), segment(0xdb, Buffer.alloc(65, 1)), segment(0xc0, [8, 0, 4, 0, 3, 1, 1, 0x11, 0]), segment(0xda, [1, 1, 0, 0, 63, 0]), [0x12, 0xff, 0, 0x34, 0xff, 0xd9], 'behind the end')
}
