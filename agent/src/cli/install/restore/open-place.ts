import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  openRestic,
  type Restic,
  ResticError,
  type ResticRepository,
} from '#agent/backups/platform-restic.ts'
import { askHostKey, HOST_KEY, isKnownHost, nameOf } from '#agent/cli/install/restore/host-key.ts'
import {
  findLocalRepository,
  type RepositoryPlace,
  sayPlace,
} from '#agent/cli/install/restore/repository-place.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

interface Given {
  place: RepositoryPlace
  key: string
  /** Root's alone; what is secret lies here while it is used. */
  scratch: string
  env: Record<string, string | undefined>
  /** Asks at the terminal; undefined where nobody is there to answer. */
  question: ((text: string) => Promise<string | undefined>) | undefined
}

/** Opens the repository that a restore comes from; throws a SetupError that says what is in the way. */
export async function openPlace(given: Given): Promise<Restic> {
  const { place, scratch } = given
  await mkdir(scratch, { recursive: true, mode: 0o700 })
  await chmod(scratch, 0o700)
  const restic = await openRestic(await inWordsOfRestic(given), scratch)
  try {
    await restic.snapshots()
    return restic
  } catch (error) {
    await restic.close()
    throw whatToDo(error, place)
  }
}

async function inWordsOfRestic(given: Given): Promise<ResticRepository> {
  const { place, key: password } = given
  if (place.type === 'local')
    return { url: await findLocalRepository(place.path), options: [], env: {}, password }
  if (place.type === 's3') return { ...s3Words(place, given.env), password }
  return { ...(await sftpWords(place, given)), password }
}

function s3Words(place: Extract<RepositoryPlace, { type: 's3' }>, env: Given['env']) {
  const id = env['VASTROX_RESTORE_S3_ACCESS_KEY'] ?? env['AWS_ACCESS_KEY_ID']
  const secret = env['VASTROX_RESTORE_S3_SECRET_KEY'] ?? env['AWS_SECRET_ACCESS_KEY']
  const region = env['VASTROX_RESTORE_S3_REGION'] ?? env['AWS_DEFAULT_REGION']
  if (!id || !secret)
    throw new SetupError(
      `${place.endpoint} asks who wants to read there.`,
      'Give VASTROX_RESTORE_S3_ACCESS_KEY and VASTROX_RESTORE_S3_SECRET_KEY.',
    )
  return {
    url: sayPlace(place),
    options: [],
    env: {
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      ...(region ? { AWS_DEFAULT_REGION: region } : {}),
      ...(env['NODE_EXTRA_CA_CERTS'] ? { SSL_CERT_FILE: env['NODE_EXTRA_CA_CERTS'] } : {}),
    },
  }
}

async function sftpWords(
  place: Extract<RepositoryPlace, { type: 'sftp' }>,
  { scratch, env, question }: Pick<Given, 'scratch' | 'env' | 'question'>,
) {
  const { user, host, port, path } = place
  const hostKey = await hostKeyOf(place, env, question)
  const words = [
    'ssh',
    '-p',
    String(port),
    '-o',
    'BatchMode=yes',
    '-o',
    'StrictHostKeyChecking=yes',
  ]
  if (hostKey !== undefined) {
    const file = join(scratch, 'known_hosts')
    await writeFile(file, `${nameOf(place)} ${hostKey}\n`, { mode: 0o600 })
    words.push('-o', `UserKnownHostsFile=${file}`)
  }
  const keyFile = env['VASTROX_RESTORE_SSH_KEY_FILE']
  if (keyFile !== undefined && keyFile !== '') {
    // The words are cut up at spaces.
    if (!/^\/[A-Za-z0-9/._-]+$/.test(keyFile))
      throw new SetupError(
        `VASTROX_RESTORE_SSH_KEY_FILE=${keyFile} is not an absolute path without spaces.`,
        'Copy the key to such a path.',
      )
    words.push('-o', 'IdentitiesOnly=yes', '-i', keyFile)
  }
  words.push(`${user}@${host}`, '-s', 'sftp')
  return { url: `sftp:${user}@host:${path}`, options: [`sftp.command=${words.join(' ')}`], env: {} }
}

/** Undefined: root's own known_hosts says it. */
async function hostKeyOf(
  place: Extract<RepositoryPlace, { type: 'sftp' }>,
  env: Given['env'],
  question: Given['question'],
): Promise<string | undefined> {
  const given = env['VASTROX_RESTORE_HOST_KEY']?.trim()
  if (given === undefined || given === '')
    return question === undefined || (await isKnownHost(place))
      ? undefined
      : askHostKey(place, question)
  if (HOST_KEY.test(given)) return given
  throw new SetupError(
    'VASTROX_RESTORE_HOST_KEY is not a host key.',
    'Give it as known_hosts has it, without the name: ssh-ed25519 AAAA…',
  )
}

function whatToDo(error: unknown, place: RepositoryPlace): unknown {
  if (!(error instanceof ResticError)) return error
  const where = sayPlace(place)
  if (error.kind === 'key')
    return new SetupError(
      `The recovery key does not open ${where}.`,
      'Look at it once more: it was shown when the destination was made. Without it nothing in there can be read.',
      { cause: error },
    )
  if (error.kind === 'missing')
    return new SetupError(
      `There is no repository at ${where}.`,
      'Look at the address; vastrox destinations showed it.',
      { cause: error },
    )
  if (/host key|Permission denied|publickey/i.test(error.message))
    return new SetupError(
      `${where} cannot be reached by SSH: ${error.message}`,
      'Give VASTROX_RESTORE_HOST_KEY="ssh-ed25519 AAAA…" and VASTROX_RESTORE_SSH_KEY_FILE, or make "ssh" there work for root first.',
      { cause: error },
    )
  return new SetupError(
    `${where} cannot be read: ${error.message}`,
    'Look at the address, the network and the credentials; then run it again.',
    { cause: error },
  )
}
