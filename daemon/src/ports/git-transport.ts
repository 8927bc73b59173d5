import type { Readable, Writable } from 'node:stream'

export type GitService = 'git-receive-pack' | 'git-upload-pack'

/** One command of a push; undefined stands for "does not exist". */
export interface RefCommand {
  ref: string
  oldSha: string | undefined
  newSha: string | undefined
}

/** What a push asks for, once its objects are in the repository and have passed fsck. */
export interface ReceivedPush {
  commands: readonly RefCommand[]
  /** The values of `git push -o`. */
  options: readonly string[]
}

/** What the user's git is told about one command. */
export type RefVerdict =
  /** The ref has been moved by whoever decides. */
  | { ref: string; result: 'moved' }
  /** git itself is to move it, by its own rules (tags). */
  | { ref: string; result: 'left-to-git' }
  /** Nothing was moved and that is as it should be: shown as a push to `shownAs`. */
  | { ref: string; result: 'shown'; shownAs: string }
  | { ref: string; result: 'refused'; reason: string }

/** Decides a push; `say` prints text for the user at once, lines end with \n. */
export type DecidePush = (push: ReceivedPush, say: (text: string) => void) => Promise<RefVerdict[]>

export interface GitStreams {
  input: Readable
  output: Writable
  /** Aborts when the client has gone away. */
  gone: AbortSignal
}

/** git's own wire protocol, spoken by git's own programs; HTTP and SSH both carry it. */
export interface GitTransport {
  /**
   * The first message of the server: what it has and can. With `undefined` for the app: that of an
   * empty repository. `protocol` is the client's Git-Protocol text, already checked.
   */
  advertise(
    appId: string | undefined,
    service: GitService,
    protocol: string | undefined,
  ): Promise<Buffer>
  /**
   * One stateless push: commands and pack from `input`, the report to `output`. A client that goes
   * away before the objects are in ends it; once `decide` has been called, it runs to its end.
   * Rejects with PUSH_TOO_LARGE, PUSH_TIMED_OUT or GIT_BUSY.
   */
  receive(appId: string, streams: GitStreams, decide: DecidePush): Promise<void>
  /** A whole clone or fetch of a client that stays, from the advertisement on. Rejects with GIT_BUSY. */
  serve(appId: string, streams: GitStreams, protocol: string | undefined): Promise<void>
  /** One stateless request of a clone or fetch. Rejects with GIT_BUSY. */
  upload(appId: string, streams: GitStreams, protocol: string | undefined): Promise<void>
}
