import type { OpenExec, OpenRun } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Session, SessionExit, SessionOutput } from '#ports/session.ts'

/** A command that a test plays: it sees what is typed, prints, and exits when it is told to. */
export function createFakeSession<Spec>(spec: Spec, signal: AbortSignal) {
  const exit = Promise.withResolvers<SessionExit>()
  exit.promise.catch(() => undefined)
  const waiting: SessionOutput[] = []
  const received: string[] = []
  let typed = ''
  let isOver = false
  let wake: () => void = () => {}

  const finish = (settle: () => void): void => {
    isOver = true
    settle()
    wake()
  }
  signal.addEventListener('abort', () =>
    finish(() => exit.reject(new CodedError('RUN_INTERRUPTED'))),
  )

  async function* output(): AsyncGenerator<SessionOutput, void, undefined> {
    for (;;) {
      const next = waiting.shift()
      if (next) yield next
      else if (isOver) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }

  const session: Session = {
    async write(bytes) {
      typed += Buffer.from(bytes).toString()
    },
    end: () => void received.push('end'),
    resize: ({ columns, rows }) => void received.push(`window ${columns}x${rows}`),
    signal: (name) => void received.push(name),
    output: output(),
    exit: exit.promise,
  }
  return {
    session,
    spec,
    /** What was typed, and what else came: windows, signals, the end. */
    typed: (): string => typed,
    received,
    isAborted: (): boolean => signal.aborted,
    print(text: string, stream: SessionOutput['stream'] = 'stdout'): void {
      waiting.push({ stream, bytes: Buffer.from(text) })
      wake()
    },
    exit: (exitCode: number): void => finish(() => exit.resolve({ exitCode, oomKilled: false })),
    fail: (error: CodedError): void => finish(() => exit.reject(error)),
  }
}
export type FakeSession<Spec = OpenRun | OpenExec> = ReturnType<typeof createFakeSession<Spec>>
