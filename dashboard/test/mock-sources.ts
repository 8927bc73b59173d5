import type { ExternalSource, WebhookDelivery } from '@vastrox/shared/external-source.ts'
import type { GitAccount, HostRepository } from '@vastrox/shared/git-account.ts'
import type { RemoteSource } from '@vastrox/shared/remote-source.ts'

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()

export const GIT_SOURCE: ExternalSource = {
  url: 'git@github.com:anna/shop.git',
  hostKind: 'github',
  access: 'deploy-key',
  username: null,
  publicKey:
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIouwFg3NSe3ajNOQy8TDZFzAfu9o35B0VBIZ/po/sLg vastrox-shop',
  hostKey: {
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    known: true,
  },
  rootDirectory: 'services/shop',
  follow: { kind: 'branch', name: 'main' },
  watchPaths: ['services/shop/**', 'packages/**'],
  submodules: false,
  pollEveryMs: 300_000,
  postStatus: true,
  commit: {
    sha: '914d3e2d17b27ee7f71835b922eaf5dd6621f2d6',
    branch: 'main',
    subject: 'Prices with tax',
    author: 'Anna',
  },
  fetchedAt: ago(3),
  nextPollAt: ago(-2),
  problem: null,
  statusProblem: 'api.github.com answers 403: Resource not accessible by integration',
  webhookUrl: 'https://vastrox.example.com:8443/api/v1/hooks/54034752d5f7f1104d4e0aa95625e31e',
  webhookAt: ago(3),
}

const delivery = (id: string, given: Partial<WebhookDelivery>): WebhookDelivery => ({
  id,
  deliveryId: id,
  hostKind: 'github',
  event: 'push',
  ref: 'refs/heads/main',
  sha: '914d3e2d17b27ee7f71835b922eaf5dd6621f2d6',
  state: 'deployed',
  reason: 'Deployment 13: main 914d3e2.',
  deployment: 13,
  receivedAt: ago(3),
  ...given,
})

export const DELIVERIES: WebhookDelivery[] = [
  delivery('d5', {}),
  delivery('d4', {
    state: 'nothing',
    deployment: null,
    reason: 'main is at 5f0c1aa: It changes nothing in services/shop/**, packages/**.',
    receivedAt: ago(50),
  }),
  delivery('d3', {
    ref: 'refs/heads/a-very-long-branch-name-that-somebody-has-thought-of-in-the-night',
    state: 'nothing',
    deployment: null,
    reason:
      'refs/heads/a-very-long-branch-name-that-somebody-has-thought-of-in-the-night is not what is deployed: the branch main.',
    receivedAt: ago(90),
  }),
  delivery('d2', {
    event: 'unknown',
    ref: null,
    sha: null,
    state: 'refused',
    deployment: null,
    reason: 'It is not signed with the secret of this app.',
    receivedAt: ago(600),
  }),
  delivery('d1', {
    event: 'ping',
    ref: null,
    sha: null,
    state: 'nothing',
    deployment: null,
    reason: 'The webhook works.',
    receivedAt: ago(700),
  }),
]

export const REMOTE_SOURCE: RemoteSource = {
  host: 'files.example.com',
  port: 22,
  username: 'anna',
  folder: '/var/www/shop',
  access: 'key',
  publicKey:
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIouwFg3NSe3ajNOQy8TDZFzAfu9o35B0VBIZ/po/sLg vastrox-shop',
  hostKey: {
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:JguFekmavKbri3QLPjykiFm/OeuLLGNQgc9+SibToPM',
    known: false,
  },
  ignore: ['.git', 'node_modules'],
  pullEveryMs: 3_600_000,
  nextPullAt: ago(-20),
  pulledAt: ago(40),
  problem: null,
  summary: {
    files: 412,
    sizeBytes: 18_400_000,
    fetchedFiles: 3,
    fetchedBytes: 41_000,
    removedFiles: 1,
    skipped: ['uploads/latest: the link leads out of the folder, or nowhere'],
  },
}

export const ACCOUNTS: GitAccount[] = [
  {
    id: 'account1',
    hostKind: 'gitlab',
    name: 'anna',
    baseUrl: 'https://gitlab.com',
    kind: 'oauth',
    connectedAt: ago(3_000),
    problem: null,
  },
]

export const REPOSITORIES: HostRepository[] = ['anna/blog', 'anna/shop', 'team/intranet'].map(
  (name) => ({
    name,
    httpsUrl: `https://gitlab.com/${name}.git`,
    sshUrl: `git@gitlab.com:${name}.git`,
    defaultBranch: 'main',
    isPrivate: name !== 'anna/blog',
  }),
)
