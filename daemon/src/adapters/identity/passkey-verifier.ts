import type { PasskeyVerifier } from '#ports/passkey-verifier.ts'

/** ES256, EdDSA and RS256: what phones, keys and computers make. */
const ALGORITHMS = [-7, -8, -257]
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const

/** The library is loaded at the first passkey. What it throws means that the answer is not genuine. */
export const passkeyVerifier: PasskeyVerifier = {
  async register(answer, { rpId, origin }, challenge) {
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
    const { id, rawId, type, response } = answer
    const result = await verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type,
        clientExtensionResults: {},
        response: {
          clientDataJSON: response.clientDataJSON,
          attestationObject: response.attestationObject,
        },
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch(() => undefined)
    if (!result?.verified) return undefined
    const { credential, credentialDeviceType } = result.registrationInfo
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: TRANSPORTS.filter((transport) => response.transports?.includes(transport)),
      isSynced: credentialDeviceType === 'multiDevice',
    }
  },

  async verify(answer, { site, challenge, credentialId, publicKey }) {
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
    const { id, rawId, type, response } = answer
    const result = await verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type,
        clientExtensionResults: {},
        response: {
          clientDataJSON: response.clientDataJSON,
          authenticatorData: response.authenticatorData,
          signature: response.signature,
        },
      },
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      // What the counter says is judged where it is kept.
      credential: { id: credentialId, publicKey: new Uint8Array(publicKey), counter: 0 },
    }).catch(() => undefined)
    return result?.verified ? result.authenticationInfo.newCounter : undefined
  },
}
