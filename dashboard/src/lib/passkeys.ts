import type {
  NewPasskeyAnswer,
  PasskeyAnswer,
  PasskeyCreation,
  PasskeyRequest,
} from '@vastrox/shared/sign-in.ts'
import { t } from '#lib/words.ts'

/** Whether this browser knows passkeys at all. */
export const canUsePasskeys = (): boolean =>
  typeof window !== 'undefined' && 'PublicKeyCredential' in window && window.isSecureContext

/** Asks for a passkey; rejects with PasskeyError in words for people. */
export async function askPasskey(wish: PasskeyRequest): Promise<PasskeyAnswer> {
  const credential = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        ...wish,
        challenge: toBytes(wish.challenge),
        allowCredentials: wish.allowCredentials.map(toDescriptor),
      },
    }),
  )
  const { response } = credential
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new PasskeyError(FAILED)
  return {
    ...headOf(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle && toText(response.userHandle),
    },
  }
}

/** Has one made; rejects with PasskeyError. */
export async function makePasskey(wish: PasskeyCreation): Promise<NewPasskeyAnswer> {
  const credential = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        ...wish,
        challenge: toBytes(wish.challenge),
        user: { ...wish.user, id: toBytes(wish.user.id) },
        excludeCredentials: wish.excludeCredentials.map(toDescriptor),
      },
    }),
  )
  const { response } = credential
  if (!(response instanceof AuthenticatorAttestationResponse)) throw new PasskeyError(FAILED)
  return {
    ...headOf(credential),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports(),
    },
  }
}

/** What a browser says of a passkey, in words for people. */
export class PasskeyError extends Error {
  override name = 'PasskeyError'
}

const FAILED = t('The browser gave no passkey.')

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await ask().catch((error: unknown) => {
    throw new PasskeyError(sayWhy(error), { cause: error })
  })
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyError(FAILED)
  return credential
}

function sayWhy(error: unknown): string {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError')
    return t('No passkey was given: it was cancelled, or took too long.')
  if (name === 'InvalidStateError') return t('This device has a passkey for this account already.')
  if (name === 'SecurityError') return t('The browser does not trust this address for passkeys.')
  return FAILED
}

const headOf = ({ id, rawId }: PublicKeyCredential) => ({
  id,
  rawId: toText(rawId),
  type: 'public-key' as const,
  clientExtensionResults: {},
})

const KNOWN = ['ble', 'hybrid', 'internal', 'nfc', 'usb'] as const

const toDescriptor = ({ type, id, transports }: PasskeyRequest['allowCredentials'][number]) => ({
  type,
  id: toBytes(id),
  transports: KNOWN.filter((transport) => transports.includes(transport)),
})

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

function toText(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
