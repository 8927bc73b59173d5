/** Folders that build tools put hashed files in; a hash without a digit is believed there. */
const FOLDERS =
  /\/(?:_next\/static|_nuxt|_astro|_app\/immutable|assets|build|static|dist|chunks|packs|bundles)\//
const EXTENSION = /\.(?!html?$|php$|xml$|txt$)[a-z0-9]{2,5}$/
/** Of esbuild, rollup and webpack: at least eight characters between a mark and the extension. */
const HASH = /[.\-_~]([A-Za-z0-9_-]{8,64})(?:\.[a-z0-9]{1,10}){1,3}$/
/** Next.js names its folder after the build. */
const BUILD_FOLDER = /\/_next\/static\/[A-Za-z0-9_-]{8,64}\//

/**
 * Whether the path names one content for ever: its name holds a hash, so another release has either
 * the same bytes there or nothing.
 */
export function isHashedAsset(path: string): boolean {
  if (path.length > 500 || !EXTENSION.test(path)) return false
  if (BUILD_FOLDER.test(path)) return true
  const name = path.slice(path.lastIndexOf('/') + 1)
  const hash = HASH.exec(name)?.[1]
  // A file may be named by its hash alone.
  const all = /^([0-9a-f]{16,64})\./.exec(name)?.[1]
  if (all !== undefined) return true
  if (hash === undefined) return false
  if (FOLDERS.test(path)) return /\d/.test(hash) || (/[a-z]/.test(hash) && /[A-Z]/.test(hash))
  // Elsewhere a name such as `jquery-migrate.js` or `report-20250131.pdf` is no hash.
  return /\d/.test(hash) && /[A-Za-z]/.test(hash) && /^[A-Za-z0-9_-]{8,}$/.test(hash)
}
