import { type ConfigEntry, configShape } from '@vastrox/shared/config-shape.ts'
import {
  ChangeExternal,
  ConnectExternal,
  DEFAULT_POLL_MS,
  ExternalSource,
} from '@vastrox/shared/external-source.ts'
import { formatGitUrl, parseGitUrl } from '@vastrox/shared/git-url.ts'
import { formatImageReference, parseImageReference } from '@vastrox/shared/image-reference.ts'
import { ChangeAppImage, DeployImage } from '@vastrox/shared/image-source.ts'
import { ConnectRemote, RemoteSource } from '@vastrox/shared/remote-source.ts'
import { ChangeUploads } from '@vastrox/shared/upload.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'
import type { ExternalService } from '#core/sources/external-service.ts'
import type { ImageService } from '#core/sources/image-service.ts'
import type { RemoteService } from '#core/sources/remote-service.ts'
import type { UploadSettings } from '#core/sources/upload-settings.ts'

// The root directory is a setting of the build, and stands there.
const ofGit = ConnectExternal.omit({ rootDirectory: true }).shape
/** They say who is let in: a change of one is a new connection. */
const SIGN_IN = ['url', 'access', 'username', 'hostKind']

/** A repository elsewhere. Its token is taken from the file only where it is connected by it. */
export const gitSection = (
  external: Pick<ExternalService, 'get' | 'connect' | 'change'>,
): ConfigSection => ({
  name: 'git',
  comment: 'A token of the repository is not written: `token: ${NAME}` where it is connected anew.',
  isSingle: true,
  shape: configShape(ofGit),
  usual: {
    watchPaths: [],
    submodules: false,
    pollEveryMs: DEFAULT_POLL_MS,
    postStatus: true,
    follow: { kind: 'branch', name: 'main' },
    username: null,
  },
  ignored: ['token'],
  comparable(entry) {
    const { url } = entry
    const parsed = typeof url === 'string' ? parseGitUrl(url) : undefined
    return parsed && 'url' in parsed ? { ...entry, url: formatGitUrl(parsed.url) } : entry
  },
  async read({ actor, app }) {
    const source = external.get(actor, app)
    return { '': source ? pick(ExternalSource.parse(source), Object.keys(ofGit)) : {} }
  },
  make: oneByOne({
    async change({ actor, app }, { before, said, after, file }) {
      const isNew = before['url'] === undefined
      if (!isNew && !SIGN_IN.some((field) => Object.hasOwn(said, field)))
        return external.change(actor, app, ChangeExternal.parse(said))
      const { username, ...others } = after
      const wish = { ...others, ...(username ? { username } : {}), token: file['token'] }
      return external.connect(actor, app, ConnectExternal.parse(wish))
    },
  }),
  refuse: (said, before) => needs(said, before, ['url', 'access']),
})

/** An image that somebody else has built. */
export const imageSection = (
  images: Pick<ImageService, 'get' | 'deploy' | 'change'>,
): ConfigSection => ({
  name: 'image',
  isSingle: true,
  shape: configShape({
    reference: DeployImage.shape.reference,
    follows: ChangeAppImage.shape.follows,
  }),
  usual: { follows: false },
  comparable(entry) {
    const { reference } = entry
    const parsed = typeof reference === 'string' ? parseImageReference(reference) : undefined
    return parsed ? { ...entry, reference: formatImageReference(parsed) } : entry
  },
  async read({ actor, app }) {
    const { image } = images.get(actor, app)
    return { '': image ? pick(image, ['reference', 'follows']) : {} }
  },
  async make({ actor, app }, changes) {
    return changes.map(({ said, after }) => {
      if (Object.hasOwn(said, 'reference'))
        return images.deploy(actor, app, DeployImage.parse(after))
      images.change(actor, app, ChangeAppImage.parse(said))
      return null
    })
  },
  refuse: (said, before) => needs(said, before, ['reference']),
})

/** A folder on another server, over SFTP. */
export const remoteSection = (remote: Pick<RemoteService, 'get' | 'connect'>): ConfigSection => ({
  name: 'sftp',
  comment: 'A password is not written: `password: ${NAME}` where it is connected anew.',
  isSingle: true,
  shape: configShape(ConnectRemote.shape),
  usual: { port: 22, ignore: ['.git', 'node_modules'], pullEveryMs: null },
  ignored: ['password'],
  async read({ actor, app }) {
    const source = remote.get(actor, app)
    return {
      '': source ? pick(RemoteSource.parse(source), ConnectRemote.keyof().options) : {},
    }
  },
  make: oneByOne({
    change: ({ actor, app }, { after, file }) =>
      remote.connect(actor, app, ConnectRemote.parse({ ...after, ...pick(file, ['password']) })),
  }),
  refuse: (said, before) => needs(said, before, ['host', 'username', 'folder', 'access']),
})

/** How what is uploaded is published. */
export const uploadsSection = (uploads: Pick<UploadSettings, 'get' | 'change'>): ConfigSection => ({
  name: 'uploads',
  isSingle: true,
  shape: configShape(ChangeUploads.shape),
  usual: { publishOnIdle: true, plainFtp: false },
  read: async ({ actor, app }) => ({
    '': pick(await uploads.get(actor, app), ChangeUploads.keyof().options),
  }),
  make: oneByOne({
    change: ({ actor, app }, { said }) => uploads.change(actor, app, ChangeUploads.parse(said)),
  }),
})

function needs(
  said: ConfigEntry,
  before: ConfigEntry | undefined,
  fields: readonly string[],
): string | undefined {
  const missing = fields.find((field) => said[field] === undefined && before?.[field] === undefined)
  return missing === undefined ? undefined : `A new one needs “${missing}”.`
}
