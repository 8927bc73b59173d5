import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { runDaemonCommand } from '#agent/cli/console-client.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { SetupError } from '#agent/cli/setup-error.ts'
import { whereFrom } from '#agent/cli/where-from.ts'

type Ask = (question: string) => Promise<string>
/** Gives the exit code of `vastrox apply …` in the daemon. */
type Run = (args: readonly string[], print: (text: string) => void) => Promise<number>

const NAMED = /\$?\$\{([A-Za-z_][A-Za-z0-9_]{0,127})\}/g
const EXIT_DIFFERS = 2

/**
 * `vastrox apply <file>`: sends the file with the values of what it names as `${NAME}`. At a terminal the
 * plan is shown and asked about; what is done then is that plan and no other.
 */
export async function apply(installation: Installation, args: string[]): Promise<number> {
  const options = args.filter((arg) => arg.startsWith('-') && arg !== '-')
  const words = args.filter((arg, at) => !arg.startsWith('-') && args[at - 1] !== '--plan')
  const [path, more] = words
  if (path === undefined || more !== undefined || options.includes('--plan'))
    throw new SetupError('Which file?', 'vastrox apply shop.yaml, or vastrox apply < shop.yaml')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SetupError(`${path} cannot be read.`, 'Give the path of a file of settings.', {
      cause: error,
    })
  })
  const stdin = JSON.stringify({ text, values: valuesFor(text, process.env) })
  const run: Run = (given, print) =>
    runDaemonCommand(installation.paths.consoleSocket, ['apply', ...given], {
      stdin,
      origin: whereFrom(process.env, new Date()),
      stdout: print,
      stderr: (said) => process.stderr.write(said),
    })
  const isAsked = process.stdin.isTTY && process.stdout.isTTY
  return withQuestion(run, options, isAsked ? askPerson : undefined)
}

/** Of what the file names, as far as it is known: the daemon says what is missing. */
export function valuesFor(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const names = [...text.matchAll(NAMED)].flatMap(([all, name]) =>
    all.startsWith('$$') || name === undefined ? [] : [name],
  )
  return Object.fromEntries(
    [...new Set(names)].flatMap((name) => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** Where somebody can be asked and has not answered already. */
export async function withQuestion(
  run: Run,
  options: readonly string[],
  ask: Ask | undefined,
): Promise<number> {
  const print = (text: string): void => void process.stdout.write(text)
  const isSettled = ['--yes', '-y', '--dry-run', '--json'].some((each) => options.includes(each))
  if (isSettled || ask === undefined) return run(options, print)
  let said = ''
  const code = await run(options, (text) => {
    said += text
  })
  const [, digest] = /^Plan: ([0-9a-f]{64})$/m.exec(said) ?? []
  print(said.replace(/^(.*) Nothing was changed: add --yes\.\nPlan: .*\n/m, '$1\n'))
  if (code !== EXIT_DIFFERS || digest === undefined) return code
  const answer = await ask('Make it so? [y/N] ')
  if (!/^y(es)?$/i.test(answer.trim())) {
    print('Nothing was changed.\n')
    return code
  }
  return run([...options, '--yes', '--plan', digest], print)
}

async function askPerson(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}
