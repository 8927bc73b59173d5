import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError, ERRORS } from '@vastrox/shared/errors.ts'
import { errorPacket, type GitAccess } from '#core/sources/git-service.ts'
import { PktLineError } from '#lib/pkt-line.ts'
import type { Session } from '#ssh/session.ts'
import { splitWords, WordsError } from '#ssh/split-words.ts'

type Verb = 'git-receive-pack' | 'git-upload-pack'

interface Deps {
  git: GitAccess
  /** How people reach this server. */
  place: { host: string; port: number }
  onError: (error: unknown) => void
}

const VERBS: readonly Verb[] = ['git-receive-pack', 'git-upload-pack']
/** As git ends itself where it cannot go on. */
const EXIT_FATAL = 128
const EXIT_NO_COMMAND = 127

/**
 * One `git-receive-pack '<app>.git'` or `git-upload-pack '<app>.git'` (rule C4): the same code as
 * behind HTTPS. Gives the exit code; what goes wrong is said, never thrown.
 */
export async function runGit(
  { git, place: { host, port }, onError }: Deps,
  actor: Actor,
  session: Session,
): Promise<number> {
  const asked = readCommand(session.command)
  if (!asked) {
    await session.printError(
      `This user is for git: git clone ssh://git@${host}:${port}/<app>.git\n` +
        `Commands go to another one: ssh -p ${port} vastrox@${host} help\n`,
    )
    return EXIT_NO_COMMAND
  }
  const { input, output, gone } = session
  const streams = { input, output, gone }
  try {
    if (asked.verb === 'git-upload-pack')
      await git.serve(actor, asked.app, streams, session.gitProtocol)
    else {
      output.write(await git.advertise(actor, asked.app, asked.verb))
      await git.receive(actor, asked.app, streams)
    }
    return 0
  } catch (error) {
    // Whoever hung up hears nothing more.
    if (gone.aborted) return EXIT_FATAL
    if (error instanceof CodedError) output.write(errorPacket(error))
    else if (error instanceof PktLineError)
      await session.printError('That is not the git protocol.\n')
    else {
      onError(error)
      await session.printError(`${ERRORS.INTERNAL.message}\n`)
    }
    return EXIT_FATAL
  }
}

/** `git-receive-pack '/blog.git'` and `git receive-pack blog`; nothing else is a command here. */
export function readCommand(line: string): { verb: Verb; app: string } | undefined {
  try {
    const [first = '', ...rest] = splitWords(line)
    const [name, path, ...more] =
      first === 'git' ? [`git-${rest[0]}`, ...rest.slice(1)] : [first, ...rest]
    const verb = VERBS.find((each) => each === name)
    if (!verb || path === undefined || more.length > 0) return undefined
    return {
      verb,
      app: path
        .replace(/^\/+/, '')
        .replace(/\/+$/, '')
        .replace(/\.git$/, ''),
    }
  } catch (error) {
    if (error instanceof WordsError) return undefined
    throw error
  }
}
