// Passkeys in the browser (Web Authentication): what the server asks, and the device's answer; octets travel as base64url.
import type { PasskeyAnswer, PasskeyChallenge, PasskeyOffer } from '@/api/accounts'
import { texts } from '@/lib/i18n'

const t = texts({
  cancelled: ['通行密钥未完成，可以重试或换一种方式。', 'The passkey was not used. Try again, or choose another way.'],
  present: ['这台设备上已有本账户的通行密钥。', 'This device has a passkey of this account already.'],
})

function octetsOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0))
}

function textOf(octets: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(octets))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Browsers know no passkeys where a site has only an address. */
export function knowsPasskeys(): boolean {
  return 'PublicKeyCredential' in window && !/^[\d.]+$|^\[/.test(location.hostname)
}

/** Runs until the person used the device or gave up; what the browser says of the latter is of no use to them. */
async function ask(work: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    return (await work) as PublicKeyCredential
  } catch (fault) {
    throw new Error(t(fault instanceof DOMException && fault.name === 'InvalidStateError' ? 'present' : 'cancelled'), { cause: fault })
  }
}

export async function answerChallenge({ challenge, party, expires_at }: PasskeyChallenge): Promise<PasskeyAnswer> {
  const found = await ask(navigator.credentials.get({
    publicKey: { challenge: octetsOf(challenge), rpId: party, userVerification: 'required', timeout: Date.parse(expires_at) - Date.now() },
  }))
  const response = found.response as AuthenticatorAssertionResponse
  return {
    credential_id: textOf(found.rawId),
    client_data: textOf(response.clientDataJSON),
    authenticator_data: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    user_handle: response.userHandle && textOf(response.userHandle),
  }
}

export async function acceptOffer(offer: PasskeyOffer): Promise<{ client_data: string; attestation: string }> {
  const made = await ask(navigator.credentials.create({
    publicKey: {
      challenge: octetsOf(offer.challenge),
      rp: { id: offer.party, name: '教育卡' },
      user: { id: octetsOf(offer.user_handle), name: offer.user_name, displayName: offer.display_name },
      pubKeyCredParams: offer.algorithms.map(alg => ({ type: 'public-key', alg })),
      excludeCredentials: offer.present.map(id => ({ type: 'public-key', id: octetsOf(id) })),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      timeout: Date.parse(offer.expires_at) - Date.now(),
    },
  }))
  const response = made.response as AuthenticatorAttestationResponse
  return { client_data: textOf(response.clientDataJSON), attestation: textOf(response.attestationObject) }
}
