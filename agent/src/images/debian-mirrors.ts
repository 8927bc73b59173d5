import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface DebianMirrors {
  main: string
  security: string | undefined
}

/**
 * The mirrors this host gets its own Debian packages from; undefined on another distribution, where
 * mmdebstrap's own default is used.
 */
export async function readDebianMirrors(root = '/etc/apt'): Promise<DebianMirrors | undefined> {
  const folder = join(root, 'sources.list.d')
  const names = (await readdir(folder).catch(() => [])).filter((name) =>
    /\.(list|sources)$/.test(name),
  )
  const texts = await Promise.all(
    [join(root, 'sources.list'), ...names.map((name) => join(folder, name))].map((file) =>
      readFile(file, 'utf8').catch(() => ''),
    ),
  )
  return chooseMirrors(texts)
}

/** One-line (`deb http://… bookworm main`) and deb822 (`URIs: http://…`) forms. */
export function chooseMirrors(texts: readonly string[]): DebianMirrors | undefined {
  const addresses = texts
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => {
      const found =
        /^\s*deb\s+(?:\[[^\]]*\]\s+)?(https?:\/\/\S+)/.exec(line) ??
        /^\s*URIs:\s*(https?:\/\/\S+)/i.exec(line)
      return found?.[1] ? [found[1].replace(/\/+$/, '')] : []
    })
  const main = addresses.find((address) => address.endsWith('/debian'))
  const security = addresses.find((address) => address.endsWith('/debian-security'))
  return main === undefined ? undefined : { main, security }
}

/** The lines that mmdebstrap is given for a suite; none means its default. */
export function sourceLines(mirrors: DebianMirrors | undefined, suite: string): string[] {
  if (!mirrors) return []
  const { main, security } = mirrors
  return [
    `deb ${main} ${suite} main`,
    `deb ${main} ${suite}-updates main`,
    ...(security === undefined ? [] : [`deb ${security} ${suite}-security main`]),
  ]
}
