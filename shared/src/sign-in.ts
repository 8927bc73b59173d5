import { z } from 'zod'

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

export const Passkey = z.object({
  id: z.string(),
  name: z.string(),
  /** It works at this host name alone. */
  host: z.string(),
  /** It is on other devices of its owner too. */
  isSynced: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type Passkey = z.infer<typeof Passkey>

export const PasskeyName = z.string().trim().min(1).max(80)
export const NewPasskey = z.object({ name: PasskeyName, answer: NewPasskeyAnswer })
export type NewPasskey = z.infer<typeof NewPasskey>
export const AddedPasskey = z.object({
  passkey: Passkey,
  /** Recovery codes, where it is the first second factor; shown this once. */
  codes: z.array(z.string()),
})

const Descriptor = z.object({
  type: z.literal('public-key'),
  id: z.string(),
  transports: z.array(z.string()),
})

/** For `navigator.credentials.get`, with its bytes as base64url. */
export const PasskeyRequest = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.int(),
  userVerification: z.literal('required'),
  allowCredentials: z.array(Descriptor),
})
export type PasskeyRequest = z.infer<typeof PasskeyRequest>

/** For `navigator.credentials.create`. */
export const PasskeyCreation = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
  timeout: z.int(),
  attestation: z.literal('none'),
  excludeCredentials: z.array(Descriptor),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: z.literal('required'),
  }),
})
export type PasskeyCreation = z.infer<typeof PasskeyCreation>

/** Without a ticket for whoever has a passkey; with one for the second step of a sign-in. */
export const AskForPasskey = z.object({ ticket: z.string().max(2_000).optional() })
export const SignInByPasskey = z.object({ answer: PasskeyAnswer })

export const ProviderName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'Use 1 to 32 lower-case letters, digits or hyphens.')

/** What people become whom a provider's domain lets in. */
export const NewcomerRole = z.enum(['admin', 'developer', 'viewer'])
export type NewcomerRole = z.infer<typeof NewcomerRole>

const Domain = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'Like example.com.')

export const OfferedProvider = z.object({
  name: z.string(),
  title: z.string(),
  preset: z.string(),
})
export type OfferedProvider = z.infer<typeof OfferedProvider>

/** What the sign-in page offers besides a name and a password. */
export const SignInOffers = z.object({
  passkeys: z.boolean(),
  providers: z.array(OfferedProvider),
})
export type SignInOffers = z.infer<typeof SignInOffers>

export const SignInProvider = z.object({
  ...OfferedProvider.shape,
  issuer: z.string(),
  clientId: z.string(),
  /** Whoever the provider vouches for with an address in one of these is let in without an invitation. */
  domains: z.array(z.string()),
  role: NewcomerRole,
  /** What the provider is to be told. */
  redirectUrl: z.string(),
  createdAt: z.iso.datetime(),
})
export type SignInProvider = z.infer<typeof SignInProvider>

export const SignInProviders = z.object({
  providers: z.array(SignInProvider),
  presets: z.array(
    z.object({ name: z.string(), title: z.string(), issuer: z.string().nullable() }),
  ),
  /** With NAME for the provider's name. */
  redirectUrl: z.string(),
})
export type SignInProviders = z.infer<typeof SignInProviders>

export const SetSignInProvider = z.object({
  preset: z.string().max(32),
  /** Where it is not that of the preset: a server of one's own. */
  issuer: z.string().max(500).optional(),
  title: z.string().trim().min(1).max(40).optional(),
  clientId: z.string().trim().min(1).max(300),
  /** May be left out where only the rest changes. */
  clientSecret: z.string().min(1).max(1_000).optional(),
  domains: z.array(Domain).max(50).default([]),
  role: NewcomerRole.default('viewer'),
})
export type SetSignInProvider = z.infer<typeof SetSignInProvider>

/** An account at a provider that signs its user in. */
export const LinkedIdentity = z.object({
  id: z.string(),
  issuer: z.string(),
  label: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type LinkedIdentity = z.infer<typeof LinkedIdentity>

export const BeginTrip = z.object({ provider: ProviderName })
export const TripUrl = z.object({ url: z.string() })
/** `query`: what is behind the question mark that the browser came back with. */
export const FinishTrip = z.object({
  provider: ProviderName,
  query: z.string().max(8_000),
  /** Of an invitation that is accepted so: whoever is not known yet becomes a user. */
  invitation: z.string().max(200).optional(),
})
export const EndedTrip = z.object({ outcome: z.enum(['signed-in', 'linked']) })

/** How somebody proves who they are, as far as they have set it up. */
export const SignInWays = z.object({
  hasPassword: z.boolean(),
  /** An authenticator app. */
  hasApp: z.boolean(),
  recoveryCodesLeft: z.int(),
  passkeys: z.array(Passkey),
  /** False while the dashboard has no host name with a certificate that browsers trust. */
  canAddPasskeys: z.boolean(),
  /** Accounts elsewhere that sign in here. */
  identities: z.array(LinkedIdentity),
  rules: SignInRules,
})
export type SignInWays = z.infer<typeof SignInWays>
