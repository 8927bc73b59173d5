import { z } from 'zod'
import { BranchName } from './app.ts'
import { SourcePath } from './build-settings.ts'
import { Commit } from './release.ts'

/** What kind of Git host it is, where that is known: its API differs. */
export const HostKind = z.enum(['github', 'gitlab', 'gitea', 'generic'])
export type HostKind = z.infer<typeof HostKind>

/** `v*`, `release-?`: `*` stands for anything, a slash apart, `?` for one character. */
export const TagPattern = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^(?![-/])(?!.*(\.\.|@\{|\/\/))[A-Za-z0-9._/+@*?-]+$/,
    'Use a tag, or a pattern such as v*.',
  )
  .refine((pattern) => pattern.split('*').length <= 5, 'Use at most four stars.')

/** What is deployed of a repository. Of tags that match, the highest one by version. */
export const Follow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('branch'), name: BranchName }),
  z.object({ kind: z.literal('tag'), pattern: TagPattern }),
])
export type Follow = z.infer<typeof Follow>

/** How we are let in: anybody may read it, a key that was made for it, a token. */
export const SourceAccess = z.enum(['open', 'deploy-key', 'token'])
export type SourceAccess = z.infer<typeof SourceAccess>

/** A path or pattern as in .gitignore. */
const WatchPath = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\\]+$/u, 'Use a path with forward slashes.')

const PollEvery = z
  .int()
  .min(60_000)
  .max(24 * 3_600_000)
  .nullable()

const Choices = z.object({
  follow: Follow,
  /** A change that touches none of these does nothing; empty: every change counts. */
  watchPaths: z.array(WatchPath).max(50),
  submodules: z.boolean(),
  /** How often the repository is asked, should a webhook get lost; null: never. */
  pollEveryMs: PollEvery,
  /** Whether the host is told how deployments went. */
  postStatus: z.boolean(),
})

export const DEFAULT_POLL_MS = 5 * 60_000

const SignIn = {
  /** The service says what is wrong with it, so it is given every text. */
  url: z.string().max(2_000),
  access: SourceAccess,
  /** Whom a token belongs to, where the host wants to know. */
  username: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9_.@+-]*$/, 'Use letters, digits and _ . @ + -')
    .optional(),
  /** Never part of a reply. Left out: the one that was given before. */
  token: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^[\x21-\x7e]+$/, 'A token is one word.')
    .optional(),
  hostKind: HostKind.optional(),
}

export const ConnectExternal = z.object({
  ...SignIn,
  follow: Follow.default({ kind: 'branch', name: 'main' }),
  watchPaths: z.array(WatchPath).max(50).default([]),
  submodules: z.boolean().default(false),
  pollEveryMs: PollEvery.default(DEFAULT_POLL_MS),
  postStatus: z.boolean().default(true),
  /** The part of the repository that is the app; left out: as it was. */
  rootDirectory: SourcePath.max(150).nullable().optional(),
})
export type ConnectExternal = z.infer<typeof ConnectExternal>

export const ChangeExternal = Choices.extend({
  rootDirectory: SourcePath.max(150).nullable(),
}).partial()
export type ChangeExternal = z.infer<typeof ChangeExternal>

/** What a host proved itself with the first time; another one is refused from then on. */
export const HostKey = z.object({
  type: z.string(),
  /** `SHA256:…`, as ssh-keygen shows it. */
  fingerprint: z.string(),
  /** True where it is one of the keys that big hosts publish. */
  known: z.boolean(),
})
export type HostKey = z.infer<typeof HostKey>

/** A repository elsewhere that an app is made of. */
export const ExternalSource = Choices.extend({
  url: z.string(),
  hostKind: HostKind,
  access: SourceAccess,
  username: z.string().nullable(),
  /** The public part of the deploy key, to be added to the repository. */
  publicKey: z.string().nullable(),
  hostKey: HostKey.nullable(),
  rootDirectory: z.string().nullable(),
  /** What was taken up last, whether it went live or not. */
  commit: Commit.nullable(),
  fetchedAt: z.iso.datetime().nullable(),
  nextPollAt: z.iso.datetime().nullable(),
  /** Why it could not be fetched last time. */
  problem: z.string().nullable(),
  /** Why the host could not be told of the last deployment. */
  statusProblem: z.string().nullable(),
  webhookUrl: z.string(),
  /** When a webhook came last that was signed as it should be. */
  webhookAt: z.iso.datetime().nullable(),
})
export type ExternalSource = z.infer<typeof ExternalSource>

/** `webhookSecret` is shown this once; null where it was made before. */
export const ConnectedExternal = z.object({
  source: ExternalSource,
  webhookSecret: z.string().nullable(),
})
export type ConnectedExternal = z.infer<typeof ConnectedExternal>

/** What came of looking at a repository. */
export const LookOutcome = z.object({
  outcome: z.enum(['deployed', 'nothing', 'failed']),
  /** One line: what, and why. */
  reason: z.string(),
  deployment: z.int().nullable(),
  commit: Commit.nullable(),
})
export type LookOutcome = z.infer<typeof LookOutcome>

export const DeliveryState = z.enum(['waiting', 'deployed', 'nothing', 'refused', 'failed'])
export type DeliveryState = z.infer<typeof DeliveryState>

/** One webhook that came, and what came of it. */
export const WebhookDelivery = z.object({
  id: z.string(),
  /** As the host numbers it. */
  deliveryId: z.string(),
  hostKind: HostKind,
  event: z.string(),
  ref: z.string().nullable(),
  sha: z.string().nullable(),
  state: DeliveryState,
  reason: z.string(),
  deployment: z.int().nullable(),
  receivedAt: z.iso.datetime(),
})
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

/** Networks that are not public and may be reached all the same, by the operator's leave (rule C11). */
export const SourceNetworks = z.object({
  allowed: z
    .array(z.union([z.cidrv4(), z.cidrv6()], 'Use a network such as 192.168.1.0/24.'))
    .max(50),
})
export type SourceNetworks = z.infer<typeof SourceNetworks>

/** Certificates, in PEM, of authorities that Git hosts prove themselves by besides the system's. */
export const SetSourceAuthorities = z.object({ certificates: z.string().max(200_000) })
export type SetSourceAuthorities = z.infer<typeof SetSourceAuthorities>

export const SourceAuthorities = z.object({
  authorities: z
    .array(
      z.object({
        name: z.string(),
        validUntil: z.iso.datetime(),
        /** SHA-256, as browsers show it. */
        fingerprint: z.string(),
      }),
    )
    .max(50),
})
export type SourceAuthorities = z.infer<typeof SourceAuthorities>
