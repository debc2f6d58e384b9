// Finds a QR code in the camera's picture: the browser's own detector where it really works, else jsQR.
export type Decode = (video: HTMLVideoElement) => Promise<string | undefined>

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
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
    return async video => (await detector.detect(video))[0]?.rawValue
  } catch {
    return undefined
  }
}

const widest = 720

export async function makeDecoder(): Promise<Decode> {
  const own = await native()
  if (own) return own
  const { default: jsQR } = await import('jsqr')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  return async video => {
    const scale = Math.min(1, widest / video.videoWidth)
    canvas.width = Math.round(video.videoWidth * scale)
    canvas.height = Math.round(video.videoHeight * scale)
    if (canvas.width === 0) return undefined
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const picture = context.getImageData(0, 0, canvas.width, canvas.height)
    return jsQR(picture.data, canvas.width, canvas.height, { inversionAttempts: 'dontInvert' })?.data
  }
}
