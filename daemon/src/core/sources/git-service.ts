import { finished, pipeline } from 'node:stream/promises'
import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import { AppName } from '@vastrox/shared/app.ts'
import { CodedError, hintOf, sayError } from '@vastrox/shared/errors.ts'
import { plain } from '@vastrox/shared/terminal-text.ts'
import type { Permission } from '@vastrox/shared/permissions.ts'
import type { ReceivePush } from '#core/deployments/receive-push.ts'
import { pktLine, progressPackets } from '#lib/pkt-line.ts'
import { createPlaces } from '#lib/places.ts'
import type { DecidePush, GitService, GitStreams, GitTransport } from '#ports/git-transport.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { AppRecord } from '#store/app-store.ts'
import { explainReport } from './explain-report.ts'
import { type PushHead, readPushHead, refusal } from './push-head.ts'

interface Deps {
  apps: {
    /** Throws APP_NOT_FOUND. */
    find(actor: Actor, name: string): AppRecord
    create(actor: Actor, app: { name: string }): AppRecord
  }
  transport: GitTransport
  sourceControl: Pick<SourceControl, 'ensureRepository'>
  receivePush: ReceivePush
  /** Told of each refusal of somebody who is known (ASVS 16.3.2). */
  onDenied: (actor: Actor, permission: Permission, target: string) => void
}

/** Pushes, clones and fetches of one user or token at the same time. */
const MAX_SESSIONS_EACH = 4

/**
 * What git may do with an app, whichever protocol carries it. An app is made by the first push that
 * brings something, never by asking what there is.
 */
export function createGitService(deps: Deps) {
  const { apps, transport, receivePush } = deps
  const places = createPlaces(MAX_SESSIONS_EACH)

  /** Throws GIT_BUSY: the transport's places are for everybody. */
  async function inSession(actor: Actor, work: () => Promise<void>): Promise<void> {
    const free = places.take(`${actor.kind} ${actor.id}`)
    if (!free) throw new CodedError('GIT_BUSY')
    try {
      await work()
    } finally {
      free()
    }
  }

  function find(actor: Actor, name: string, permission: Permission): AppRecord {
    const app = apps.find(actor, name)
    if (!mayDo(actor, permission, app.id)) deps.onDenied(actor, permission, name)
    mustBeAble(actor, permission, app.id)
    return app
  }

  function findOrNot(actor: Actor, name: string): AppRecord | undefined {
    try {
      return find(actor, name, 'app.deploy')
    } catch (error) {
      if (error instanceof CodedError && error.code === 'APP_NOT_FOUND') return undefined
      throw error
    }
  }

  function mustBeAbleToCreate(actor: Actor, name: string): void {
    if (actor.appIds !== null || !mayDo(actor, 'app.create')) {
      deps.onDenied(actor, 'app.create', name)
      throw new CodedError('PERMISSION_DENIED', {
        permission: 'app.create',
        reason: `There is no app ${name} that this token may push to, and it may not create one.`,
      })
    }
    const parsed = AppName.safeParse(name)
    if (!parsed.success)
      throw new CodedError('APP_NAME_INVALID', {
        reason: `An app cannot be called ${JSON.stringify(name.slice(0, 60))}. ${parsed.error.issues[0]?.message ?? ''}`,
      })
  }

  function create(actor: Actor, name: string, head: PushHead, { output }: GitStreams): AppRecord {
    mustBeAbleToCreate(actor, name)
    const app = apps.create(actor, { name })
    if (head.hasSideBand) output.write(progressPackets(`-----> Created the app ${name}\n`))
    return app
  }

  async function takePush(
    actor: Actor,
    app: AppRecord,
    head: PushHead,
    streams: GitStreams,
    mayStill: () => boolean,
  ): Promise<void> {
    const decide: DecidePush = async (push, say) => {
      if (mayStill()) return receivePush({ actor, app, push, say })
      deps.onDenied(actor, 'app.deploy', app.name)
      const reason = 'what you came in by is good for this no more'
      return push.commands.map(({ ref }) => ({ ref, result: 'refused', reason }))
    }
    if (!head.hasSideBand) return transport.receive(app.id, streams, decide)

    const explained = explainReport()
    const passed = pipeline(explained, streams.output, { end: false }).catch(() => {
      // The client has gone: git and the deployment run to their end without it.
    })
    await transport.receive(app.id, { ...streams, output: explained }, decide)
    explained.end()
    await passed
  }

  return {
    /** What the repository has; that of an empty one for an app that the first push will create. */
    async advertise(
      actor: Actor,
      name: string,
      service: GitService,
      protocol?: string,
    ): Promise<Buffer> {
      if (service === 'git-upload-pack')
        return transport.advertise(find(actor, name, 'app.read').id, service, protocol)
      const app = findOrNot(actor, name)
      if (!app) mustBeAbleToCreate(actor, name)
      return transport.advertise(app?.id, service, protocol)
    },

    /**
     * One push. What is refused is said in git's own report, so that the user reads it; rejects only
     * where the client does not speak git. `mayStill` is asked once all of it is there, which may take
     * an hour.
     */
    async receive(
      actor: Actor,
      name: string,
      streams: GitStreams,
      mayStill: () => boolean = () => true,
    ): Promise<void> {
      const head = await readPushHead(streams.input)
      if (!head) return
      try {
        await inSession(actor, async () => {
          const app = findOrNot(actor, name) ?? create(actor, name, head, streams)
          await deps.sourceControl.ensureRepository(app.id)
          await takePush(actor, app, head, streams, mayStill)
        })
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        streams.output.write(refusal(head, error))
        await untilRead(streams)
      }
    },

    /**
     * A whole clone or fetch of a client that stays, from the advertisement on. Throws APP_NOT_FOUND,
     * PERMISSION_DENIED and GIT_BUSY, before anything was said.
     */
    async serve(actor: Actor, name: string, streams: GitStreams, protocol?: string): Promise<void> {
      const app = find(actor, name, 'app.read')
      await inSession(actor, () => transport.serve(app.id, streams, protocol))
    },

    /** One request of a clone or fetch. */
    async fetch(actor: Actor, name: string, streams: GitStreams, protocol?: string): Promise<void> {
      try {
        const app = find(actor, name, 'app.read')
        await inSession(actor, () => transport.upload(app.id, streams, protocol))
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        streams.output.write(errorPacket(error))
      }
    },
  }
}
export type GitAccess = ReturnType<typeof createGitService>

/** What git shows as "fatal: remote error: …". */
export function errorPacket(error: CodedError): Buffer {
  const hint = hintOf(error.code)
  return pktLine(`ERR ${plain(sayError(error))}${hint === undefined ? '' : `\n${hint}`}\n`)
}

const DRAIN_TIMEOUT_MS = 600_000

/** A client reads the answer only after it has sent everything: let it. */
async function untilRead({ input, gone }: GitStreams): Promise<void> {
  input.resume()
  const signal = AbortSignal.any([gone, AbortSignal.timeout(DRAIN_TIMEOUT_MS)])
  await finished(input, { writable: false, signal }).catch(() => {
    // It went away, or never came to an end: the answer stands either way.
  })
}
