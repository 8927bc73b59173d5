import { z } from 'zod'
import { BranchName } from './app.ts'
import { SourcePath } from './build-settings.ts'

/** Hosts whose API is known. */
export const AccountHost = z.enum(['github', 'gitlab', 'gitea'])
export type AccountHost = z.infer<typeof AccountHost>

/** An account at a Git host, by which repositories are picked from a list. */
export const GitAccount = z.object({
  id: z.string(),
  hostKind: AccountHost,
  /** Whom it belongs to at the host; the host's name until somebody has agreed to it. */
  name: z.string(),
  baseUrl: z.string(),
  kind: z.enum(['token', 'oauth', 'github-app']),
  /** null while somebody still has to agree to it at the host. */
  connectedAt: z.iso.datetime().nullable(),
  problem: z.string().nullable(),
})
export type GitAccount = z.infer<typeof GitAccount>

const BaseUrl = z
  .string()
  .max(300)
  .regex(
    /^https:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?\/?$/,
    'Use the address of the host, such as https://gitlab.example.com.',
  )
  .transform((url) => url.replace(/\/$/, '').toLowerCase())
const Word = z
  .string()
  .min(1)
  .max(4_096)
  .regex(/^[\x21-\x7e]+$/, 'It is one word.')

/** With a token of a person's; by OAuth of GitLab, Gitea or Forgejo; by an App of GitHub's. */
export const AddGitAccount = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('token'), hostKind: AccountHost, baseUrl: BaseUrl, token: Word }),
  z.object({
    kind: z.literal('oauth'),
    hostKind: z.enum(['gitlab', 'gitea']),
    baseUrl: BaseUrl,
    clientId: Word,
    clientSecret: Word,
  }),
  z.object({
    kind: z.literal('github-app'),
    baseUrl: BaseUrl.default('https://github.com'),
    /** Whose app it is to be; left out: the person's own. */
    organization: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,39}$/)
      .optional(),
  }),
])
export type AddGitAccount = z.infer<typeof AddGitAccount>

/** Where somebody has to go in their browser to agree to it; null where nothing is left to do. */
export const AddedGitAccount = z.object({ account: GitAccount, goTo: z.string().nullable() })
export type AddedGitAccount = z.infer<typeof AddedGitAccount>

export const HostRepository = z.object({
  /** `owner/name` */
  name: z.string(),
  httpsUrl: z.string(),
  sshUrl: z.string(),
  defaultBranch: z.string(),
  isPrivate: z.boolean(),
})
export type HostRepository = z.infer<typeof HostRepository>

export const RepositoryName = z
  .string()
  .max(300)
  .regex(/^(?![./-])(?!.*(\.\.|\/\/))[A-Za-z0-9._/-]+(?<![./])$/, 'Use owner/name.')

/** Key and webhook are installed at the host. */
export const ConnectRepository = z.object({
  account: z.string().max(60),
  repository: RepositoryName,
  branch: BranchName,
  rootDirectory: SourcePath.max(150).nullable().optional(),
})
export type ConnectRepository = z.infer<typeof ConnectRepository>
