// Finds a QR code in the camera's picture or in a still one: the browser's own detector where it really works, else jsQR.
type Source = HTMLVideoElement | ImageBitmap
export type Decode = (source: Source) => Promise<string | undefined>

interface Detector {
  detect(source: Source): Promise<{ rawValue: string }[]>
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

/** Some browsers have the class without a working decoder behind it: only the list of formats tells. */
async function native(): Promise<Decode | undefined> {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  try {
    if (!Class || !(await Class.getSupportedFormats()).includes('qr_code')) return undefined
    const detector = new Class({ formats: ['qr_code'] })
    return async source => (await detector.detect(source))[0]?.rawValue
  } catch {
    return undefined
  }
}

const sizeOf = (source: Source) => (source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] as const : [source.width, source.height] as const)

async function withoutDetector(widest: number, inversionAttempts: 'dontInvert' | 'attemptBoth'): Promise<Decode> {
  const { default: jsQR } = await import('jsqr')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  return async source => {
    const [width, height] = sizeOf(source)
    const scale = Math.min(1, widest / Math.max(width, height))
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    if (canvas.width === 0 || canvas.height === 0) return undefined
    context.drawImage(source, 0, 0, canvas.width, canvas.height)
    const picture = context.getImageData(0, 0, canvas.width, canvas.height)
    return jsQR(picture.data, canvas.width, canvas.height, { inversionAttempts })?.data || undefined
  }
}

/** For the camera, picture after picture. */
export async function makeDecoder(): Promise<Decode> {
  return (await native()) ?? withoutDetector(960, 'dontInvert')
}

// A code that fills a photo is found best when it is small, one in a corner of it when it is large.
const widths = [800, 1600, 400]

/** The code in a picture that somebody chose; undefined when there is none, or it is no picture. */
export async function decodePicture(file: Blob): Promise<string | undefined> {
  const picture = await createImageBitmap(file).catch(() => undefined)
  if (!picture) return undefined
  try {
    const found = await (await native())?.(picture).catch(() => undefined)
    if (found) return found
    for (const widest of widths) {
      const code = await (await withoutDetector(widest, 'attemptBoth'))(picture)
      if (code) return code
    }
    return undefined
  } finally {
    picture.close()
  }
}
