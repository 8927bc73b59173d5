import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import type { Installation } from '#support/installation.ts'
import { ROOT } from '#support/manual/page-tree.ts'

export interface Block {
  line: number
  text: string
  /** It ends with an error, and that is what the page says. */
  fails: boolean
  /** Takes long: an image is made, packages are fetched. */
  isLong: boolean
  /** What the page says is seen: lines in this order, with … for anything. */
  seen: readonly string[]
}

const PAGE_MS = 1_100_000

/** The blocks of a page that are marked `sh run`, each with what is `seen` behind it. */
export function blocksOf(file: string): Block[] {
  const blocks: Block[] = []
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n')
  for (let at = 0; at < lines.length; at++) {
    const [, info] = /^```(.+)$/.exec(lines[at] ?? '') ?? []
    if (info === undefined) continue
    const end = lines.indexOf('```', at + 1)
    const body = lines.slice(at + 1, end)
    const [language, ...marks] = info.split(' ')
    const last = blocks.at(-1)
    if (language === 'sh' && marks.includes('run'))
      blocks.push({
        line: at + 1,
        text: body.join('\n'),
        fails: marks.includes('fails'),
        isLong: marks.includes('long'),
        seen: [],
      })
    else if (marks.includes('seen') && last) last.seen = body
    at = end
  }
  return blocks
}

/**
 * Runs all blocks of a page in one shell, as a reader would: an empty home, `vastrox`, git and ssh on the path, the
 * installation's own CA trusted. What stands for the reader's own (host, ports, token) is put in. Gives what each printed.
 */
export async function runPage(
  vastrox: Installation,
  blocks: readonly Block[],
): Promise<{ outputs: string[]; failedAt: number | undefined }> {
  const home = mkdtempSync(join(tmpdir(), 'vastrox-manual-'))
  try {
    const bin = join(home, 'bin')
    mkdirSync(bin)
    mkdirSync(join(home, 'work'))
    program(bin, 'vastrox', `VASTROX_DATA_DIR='${vastrox.dataDir}' exec '${vastrox.program}' "$@"`)
    const script = [
      'set -eo pipefail',
      'cd "$HOME/work"',
      ...blocks.flatMap((block, at) => [
        `echo '@@ ${at}'`,
        'cd "$HOME/work/$FOLDER"',
        block.fails
          ? `if (\n${put(vastrox, block.text)}\n) 2>&1; then exit 97; fi`
          : put(vastrox, block.text),
        'FOLDER=$(realpath --relative-to="$HOME/work" "$PWD")',
      ]),
      `echo '@@ end'`,
    ].join('\n')
    writeFileSync(join(home, 'page.sh'), `FOLDER=.\nexec 2>&1\n${script}\n`)
    const result = await run('/bin/bash', [join(home, 'page.sh')], {
      cwd: home,
      env: {
        HOME: home,
        PATH: `${bin}:/usr/bin:/bin`,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_SSL_CAINFO: vastrox.caFile,
        CURL_CA_BUNDLE: vastrox.caFile,
        GIT_AUTHOR_NAME: 'Ann',
        GIT_AUTHOR_EMAIL: 'ann@example.test',
        GIT_COMMITTER_NAME: 'Ann',
        GIT_COMMITTER_EMAIL: 'ann@example.test',
      },
      timeoutMs: PAGE_MS,
    })
    const outputs = result.stdout
      .toString()
      .split(/^@@ (?:\d+|end)\n/m)
      .slice(1)
    const isWhole = result.exitCode === 0
    return { outputs, failedAt: isWhole ? undefined : outputs.length - 1 }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The first line that the page says and nobody saw. */
export function unseen(block: Block, output: string): string | undefined {
  const lines = output.split('\n')
  let from = 0
  for (const wanted of block.seen) {
    const at = lines.findIndex((line, index) => index >= from && looksLike(wanted, line))
    if (at < 0) return wanted
    from = at + 1
  }
  return undefined
}

/** `…` stands for anything. */
const looksLike = (wanted: string, line: string): boolean =>
  new RegExp(`^${wanted.trimEnd().split('…').map(literally).join('.*')}$`).test(line.trimEnd())

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What the page has for everybody becomes what this installation has. */
function put(vastrox: Installation, text: string): string {
  const { host, hostname } = new URL(vastrox.dashboardUrl)
  const { baseDomain, httpPort, sshPort } = vastrox.config
  return text
    .replaceAll('vastrox.example.com:8443', host)
    .replaceAll('vastrox.example.com:2222', `${hostname}:${sshPort}`)
    .replaceAll('vastrox.example.com', hostname)
    .replaceAll('vxt_api_…', vastrox.apiToken)
    .replaceAll(
      /http:\/\/([a-z-]+)\.203-0-113-7\.sslip\.io/g,
      `http://$1.${baseDomain}:${httpPort}`,
    )
}

function program(folder: string, name: string, line: string): void {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/bash\n${line}\n`)
  chmodSync(path, 0o755)
}
