// As much CBOR (RFC 8949) as cards and status lists need: definite lengths, no floats. Outside octets never throw past `decodeCbor`.

export class Tagged {
  constructor(
    readonly tag: number,
    readonly value: Cbor,
  ) {}
}
export type Cbor = number | string | boolean | null | Uint8Array | Cbor[] | Map<number | string, Cbor> | Tagged

const deepest = 16

class Reader {
  private at = 0
  constructor(private readonly octets: Uint8Array) {}

  get done() {
    return this.at === this.octets.length
  }

  private take(count: number): Uint8Array {
    if (count > this.octets.length - this.at) throw new RangeError('cut off')
    return this.octets.subarray(this.at, (this.at += count))
  }

  private argument(low: number): number {
    if (low < 24) return low
    if (low > 27) throw new RangeError('indefinite length')
    const value = this.take(1 << (low - 24)).reduce((sum, octet) => sum * 256 + octet, 0)
    if (!Number.isSafeInteger(value)) throw new RangeError('too large')
    return value
  }

  item(depth = 0): Cbor {
    if (depth > deepest) throw new RangeError('too deep')
    const head = this.take(1)[0]!
    const major = head >> 5
    if (major === 7) return this.simple(head & 31)
    const n = this.argument(head & 31)
    switch (major) {
      case 0: return n
      case 1: return -1 - n
      case 2: return this.take(n)
      case 3: return new TextDecoder('utf-8', { fatal: true }).decode(this.take(n))
      case 4: return this.list(n, depth)
      case 5: return this.map(n, depth)
      default: return new Tagged(n, this.item(depth + 1))
    }
  }

  private simple(low: number): Cbor {
    if (low === 20 || low === 21) return low === 21
    if (low === 22) return null
    throw new RangeError('not used here')
  }

  private list(count: number, depth: number): Cbor[] {
    if (count > this.octets.length) throw new RangeError('cut off')
    return Array.from({ length: count }, () => this.item(depth + 1))
  }

  private map(count: number, depth: number): Map<number | string, Cbor> {
    const map = new Map<number | string, Cbor>()
    for (let n = 0; n < count; n++) {
      const key = this.item(depth + 1)
      if ((typeof key !== 'number' && typeof key !== 'string') || map.has(key)) throw new RangeError('key')
      map.set(key, this.item(depth + 1))
    }
    return map
  }
}

/** The one item that the octets hold; nothing when they hold anything else. */
export function decodeCbor(octets: Uint8Array): Cbor | undefined {
  try {
    const reader = new Reader(octets)
    const item = reader.item()
    return reader.done ? item : undefined
  } catch {
    return undefined
  }
}

export function head(major: number, n: number): number[] {
  if (n < 24) return [(major << 5) | n]
  if (n < 256) return [(major << 5) | 24, n]
  if (n < 65536) return [(major << 5) | 25, n >> 8, n & 255]
  return [(major << 5) | 26, n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
}

/** A byte string with its head. */
export function byteString(octets: Uint8Array): number[] {
  return [...head(2, octets.length), ...octets]
}
