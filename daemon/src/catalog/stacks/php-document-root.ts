import { CodedError } from '@vastrox/shared/errors.ts'
import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import type { ServerWish } from './php-command.ts'
import { plainText } from './plain-text.ts'

/** In this order; '' is the source itself. */
const USUAL = ['public', 'web', '', 'public_html', 'htdocs', 'www', 'webroot', 'pub', 'html']

/** Put between quotes in a configuration of nginx, where other characters could mean something. */
const SAFE = /^[\w.@+~,-][\w.@+~,/ -]*$/

export interface DocumentRoot {
  /** Relative to the source; '' for the source itself. */
  folder: string
  because: string
  /** Other folders that have an index.php. */
  others: string[]
}

/**
 * The setting, then what the command line says, then what the framework has, then the usual folders
 * with an index.php. undefined: there is none. Throws BUILD_SETTINGS_INVALID where a folder is named
 * that is not there.
 */
export function chooseDocumentRoot(
  tree: SourceTree,
  wishes: Wishes,
  known: { wish: ServerWish | undefined; ofFramework: string | undefined; isBuilt: boolean },
): DocumentRoot | undefined {
  const withIndex = USUAL.filter((folder) => hasIndex(tree, folder))
  const found = named(wishes, known.wish) ?? guessed(known.ofFramework, withIndex)
  if (!found) return undefined
  const { folder } = found
  if (found.isNamed) mustBeThere(tree, folder, found.because, known.isBuilt)
  return {
    folder,
    because: found.because,
    others: withIndex.filter((other) => other !== folder && other !== ''),
  }
}

interface Found {
  folder: string
  because: string
  isNamed: boolean
}

function named(wishes: Wishes, wish: ServerWish | undefined): Found | undefined {
  if (wishes.documentRoot !== null)
    return {
      folder: trimmed(wishes.documentRoot),
      because: `(${whereSaid(wishes, 'documentRoot')})`,
      isNamed: true,
    }
  if (wish?.documentRoot === undefined) return undefined
  return { folder: trimmed(wish.documentRoot), because: '(Procfile)', isNamed: true }
}

function guessed(ofFramework: string | undefined, withIndex: readonly string[]): Found | undefined {
  const folder = ofFramework ?? withIndex[0]
  return folder === undefined ? undefined : { folder, because: '', isNamed: false }
}

const trimmed = (folder: string): string => (folder === '.' ? '' : folder.replace(/\/+$/, ''))

/** An index.php, or pages in HTML with a program beside them. */
function hasIndex({ paths }: SourceTree, folder: string): boolean {
  const prefix = folder === '' ? '' : `${folder}/`
  if (paths.has(`${prefix}index.php`)) return true
  if (folder !== '' && paths.has(`${prefix}app.php`)) return true
  return (
    paths.has(`${prefix}index.html`) &&
    [...paths].some(
      (path) =>
        path.startsWith(prefix) && path.endsWith('.php') && !path.includes('/', prefix.length),
    )
  )
}

function mustBeThere(tree: SourceTree, folder: string, because: string, isBuilt: boolean): void {
  if (folder === '') return
  const where = because.slice(1, -1)
  if (!SAFE.test(folder) || folder.split('/').includes('..'))
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `The document root "${plainText(folder)}" (${where}) has characters that a document root cannot have here.`,
    })
  const exists = [...tree.paths].some((path) => path.startsWith(`${folder}/`))
  if (!exists && !isBuilt)
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `The source has no folder ${folder}, which is named as the document root (${where}).`,
    })
}

/** For people: the source itself is `.`. */
export const shownRoot = (folder: string): string => (folder === '' ? '.' : folder)

/** Paths may be put between quotes of nginx as they are. */
export const isSafePath = (path: string): boolean =>
  SAFE.test(path) && !path.split('/').includes('..')
