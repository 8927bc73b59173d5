import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import type { Terminal } from '#commands/terminal-port.ts'
import type { AppHarness } from '#test/app-harness.ts'

interface Given {
  stdin?: string | undefined
  terminal?: Terminal | undefined
}

/**
 * `vastrox` as a person types it, over the services of a harness, by its actor: the exit code and what
 * was printed. Time passes where the command waits for it. What is no fault of whoever typed is thrown.
 */
export const commandLine =
  (harness: () => AppHarness) =>
  async (words: readonly string[], { stdin, terminal }: Given = {}) => {
    const said = { out: '', err: '' }
    const { commandServices, actor, clock } = harness()
    const context = {
      ...commandServices,
      actor,
      stdin,
      terminal,
      signal: new AbortController().signal,
      print: async (text: string) => void (said.out += text),
      printError: async (text: string) => void (said.err += text),
    }
    const code = await clock.until(
      runCommand(commands, context, words, (error) => {
        throw error
      }),
    )
    return { code, ...said }
  }
