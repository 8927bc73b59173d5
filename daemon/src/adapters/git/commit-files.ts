import type { NewCommit } from '#ports/source-control.ts'
import { gitOk } from './git-program.ts'

const AUTHOR = 'Vastrox <vastrox@localhost>'
const TIMEOUT_MS = 60_000

/** One commit without a parent, by git's own import: everything goes in by its standard input. */
export async function commitFiles(
  repository: string,
  ref: string,
  { files, subject, at }: NewCommit,
): Promise<void> {
  const when = `${Math.floor(at.getTime() / 1_000)} +0000`
  const input = Buffer.concat([
    Buffer.from(`commit ${ref}\nauthor ${AUTHOR} ${when}\ncommitter ${AUTHOR} ${when}\n`),
    dataOf(Buffer.from(`${subject}\n`)),
    ...files.flatMap(({ path, executable, content }) => [
      Buffer.from(`M ${executable ? '100755' : '100644'} inline ${quoted(path)}\n`),
      dataOf(content),
    ]),
    Buffer.from('done\n'),
  ])
  await gitOk(repository, ['fast-import', '--quiet', '--done', '--date-format=raw'], {
    input,
    timeoutMs: TIMEOUT_MS,
  })
}

const dataOf = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`data ${content.length}\n`), content, Buffer.from('\n')])

/** A path as C writes strings, so that no character of it ends the line. */
const quoted = (path: string): string =>
  `"${path.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`
