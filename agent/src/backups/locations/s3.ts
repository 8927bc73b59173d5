import { isIP } from 'node:net'
import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { judgedAddresses } from '#agent/backups/locations/judged-address.ts'
import { openS3Passage } from '#agent/backups/locations/s3-passage.ts'
import type { Opened } from '#agent/backups/locations/opened.ts'
import type { PrivateFolder } from '#agent/backups/private-folder.ts'
import { isInNetworks, readBackupSettings } from '#agent/backups/settings.ts'
import { hostProxies } from '#agent/builds/host-proxies.ts'

type S3Place = Extract<Repository['location'], { type: 's3' }>

const HTTPS_PORT = 443
const HTTP_PORT = 80
const PREFIX = /^[A-Za-z0-9._~!$&'()*+,;=:@/ -]{0,200}$/

/**
 * A bucket, by way of a passage on loopback: restic asks it for connections, and it makes them to the
 * addresses that were judged and nothing else. Names are looked up by it alone, so what was judged is what
 * is connected to. TLS is restic's own, from end to end.
 */
export async function openS3(
  { backupSettingsFile, resolve }: Pick<BackupDeps, 'backupSettingsFile' | 'resolve'>,
  place: S3Place,
  folder: PrivateFolder,
): Promise<Opened> {
  const url = URL.parse(place.endpoint)
  if (url === null || !['https:', 'http:'].includes(url.protocol))
    throw refused('The endpoint is written as https://s3.example.com.')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.pathname !== '/')
    throw refused('The endpoint is the address of the server alone, without a path.')
  if (place.accessKeyId === '' || place.secretAccessKey === '')
    throw refused('The access key and its secret are missing.')
  if (!PREFIX.test(place.prefix) || place.prefix.split('/').includes('..'))
    throw refused('The prefix has signs in it that it cannot have.')
  const isPlain = url.protocol === 'http:'
  const usualPort = isPlain ? HTTP_PORT : HTTPS_PORT
  const port = url.port === '' ? usualPort : Number(url.port)
  const { networks } = await readBackupSettings(backupSettingsFile)
  const judge = (host: string): Promise<readonly string[]> =>
    judgedAddresses({ host, port, usualPort, networks }, resolve)
  const prefix = place.prefix.replace(/^\/+|\/+$/g, '')
  const where = `${place.bucket}${prefix === '' ? '' : `/${prefix}`}`
  const proxy = await proxyFor(url, () =>
    judge(url.hostname).then((all) => all.every((address) => isInNetworks(networks, address))),
  )
  if (proxy === undefined) await judge(url.hostname)
  const passage =
    proxy === undefined
      ? await openS3Passage({ host: url.hostname, port, bucket: place.bucket, guard: judge })
      : undefined
  return {
    repository: `s3:${url.origin}/${where}`,
    options:
      place.caPem === null ? [] : ['--cacert', await folder.write('authorities.pem', place.caPem)],
    env: {
      AWS_ACCESS_KEY_ID: place.accessKeyId,
      AWS_SECRET_ACCESS_KEY: place.secretAccessKey,
      ...(place.region === '' ? {} : { AWS_DEFAULT_REGION: place.region }),
      HOME: folder.path,
      ...(passage === undefined ? proxy : passage.env),
    },
    shownAs: `${url.host}/${where}`,
    complaint: async () => passage?.problem(),
    close: async () => passage?.close(),
  }
}

/**
 * The proxy of this host where that is the way there: it looks names up, and connects. Not for addresses and
 * this machine's own name, past which restic goes, nor for what root has allowed inside; exceptions from
 * the proxy are not passed on, since restic would go there unjudged. Undefined: by the passage.
 */
async function proxyFor(
  { protocol, hostname }: URL,
  isAllowedInside: () => Promise<boolean>,
): Promise<Record<string, string> | undefined> {
  const variable = protocol === 'http:' ? /^http_proxy$/i : /^https_proxy$/i
  const proxies = Object.entries(hostProxies(process.env)).filter(
    ([name, value]) => variable.test(name) && value !== '',
  )
  const isAddress = isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0
  if (proxies.length === 0 || isAddress || /(?:^|\.)localhost\.?$/.test(hostname)) return undefined
  return (await isAllowedInside().catch(() => false)) ? undefined : Object.fromEntries(proxies)
}

const refused = (reason: string): CodedError => new CodedError('DESTINATION_REFUSED', { reason })
