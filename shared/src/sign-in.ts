import { z } from 'zod'

/** What somebody can show beside their name. */
export const ProofWay = z.enum(['password', 'code', 'recovery-code', 'passkey'])
export type ProofWay = z.infer<typeof ProofWay>

const Base64Url = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]*$/)
const Credential = z.object({
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  clientExtensionResults: z.record(z.string().max(64), z.unknown()).default({}),
  authenticatorAttachment: z.string().max(32).nullish(),
})

/** What `navigator.credentials.get` gave, with its bytes as base64url. */
export const PasskeyAnswer = Credential.extend({
  response: z.object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Base64Url.nullish(),
  }),
})
export type PasskeyAnswer = z.infer<typeof PasskeyAnswer>

/** What `navigator.credentials.create` gave. */
export const NewPasskeyAnswer = Credential.extend({
  response: z.object({
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
})
export type NewPasskeyAnswer = z.infer<typeof NewPasskeyAnswer>

const ByPassword = z.object({ by: z.literal('password'), password: z.string().max(1_024) })
const ByCode = z.object({ by: z.literal('code'), code: z.string().max(20) })
const ByRecoveryCode = z.object({ by: z.literal('recovery-code'), code: z.string().max(60) })
const ByPasskey = z.object({ by: z.literal('passkey'), answer: PasskeyAnswer })

/** Who one is, shown once more, by something that one has set up. */
export const Proof = z.discriminatedUnion('by', [ByPassword, ByCode, ByPasskey])
export type Proof = z.infer<typeof Proof>

/** What follows a password, a link or a provider where the user has a second factor. */
export const SecondProof = z.discriminatedUnion('by', [ByCode, ByRecoveryCode, ByPasskey])
export type SecondProof = z.infer<typeof SecondProof>

export const SecondStep = z.object({
  /** As the refusal of the first step gave it: good for ten minutes, for this and nothing else. */
  ticket: z.string().max(2_000),
  proof: SecondProof,
})
export type SecondStep = z.infer<typeof SecondStep>

/** What an authenticator app is set up with; it counts once a code of it has come back. */
export const CodeSetUp = z.object({
  /** In base32, for typing. */
  key: z.string(),
  /** `otpauth://totp/…`, for a QR code. */
  uri: z.string(),
  ticket: z.string(),
})
export type CodeSetUp = z.infer<typeof CodeSetUp>

export const ConfirmCode = z.object({
  ticket: z.string().max(2_000),
  code: z.string().max(20),
})

/** Shown this once; empty where there are some from before. */
export const RecoveryCodes = z.object({ codes: z.array(z.string()) })

export const SignInRules = z.object({
  /** Whether everybody of the team needs a second factor before anything else. */
  secondFactorRequired: z.boolean(),
})
export type SignInRules = z.infer<typeof SignInRules>

/** How somebody proves who they are, as far as they have set it up. */
export const SignInWays = z.object({
  hasPassword: z.boolean(),
  /** An authenticator app. */
  hasApp: z.boolean(),
  recoveryCodesLeft: z.int(),
  rules: SignInRules,
})
export type SignInWays = z.infer<typeof SignInWays>
