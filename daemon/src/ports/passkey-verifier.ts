import type { NewPasskeyAnswer, PasskeyAnswer } from '@vastrox/shared/sign-in.ts'

/** Where passkeys are made and used. */
export interface PasskeySite {
  /** A host name. */
  rpId: string
  /** `https://<host>:<port>`, and nothing else. */
  origin: string
}

export interface MadePasskey {
  credentialId: string
  /** In COSE. */
  publicKey: Buffer
  counter: number
  transports: string[]
  /** It is on other devices of its owner too. */
  isSynced: boolean
}

/** WebAuthn. Whoever has made an answer was verified by their device (PIN, finger, face). */
export interface PasskeyVerifier {
  /** Undefined where the answer is not one to this challenge, made on this site. */
  register(
    answer: NewPasskeyAnswer,
    site: PasskeySite,
    challenge: string,
  ): Promise<MadePasskey | undefined>

  /** The authenticator's counter; undefined where it is not signed by this passkey, or not for us. */
  verify(
    answer: PasskeyAnswer,
    asked: { site: PasskeySite; challenge: string; credentialId: string; publicKey: Buffer },
  ): Promise<number | undefined>
}
