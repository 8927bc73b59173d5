import type { SourceTree } from '#ports/stack.ts'
import { below, type GoModule } from './go-module.ts'

/** A folder with a `package main`. */
export interface GoProgram {
  /** Of the file in bin/. */
  name: string
  /** `.`, `cmd/api`. */
  folder: string
  /** It answers HTTP, by the packages that it imports itself. */
  serves: boolean
}

const MAX_PROGRAMS = 40
const MAX_SCANNED = 64 * 1024
/** Code that is there to be read, or for tools and tests. */
const ASIDE = /(^|\/)(vendor|testdata|node_modules|examples?|_[^/]*|\.[^/]*)(\/|$)/
const HTTP =
  /"(net\/http|github\.com\/(gin-gonic\/gin|labstack\/echo|gofiber\/fiber|go-chi\/chi|gorilla\/mux|valyala\/fasthttp|julienschmidt\/httprouter|beego\/beego|danielgtaylor\/huma)|google\.golang\.org\/grpc|connectrpc\.com\/connect)[/"]/
const WEB_NAMES = ['web', 'server', 'api', 'app', 'http', 'httpd', 'www', 'site', 'backend']

/** Every program of the modules that are built, the root's first, then by depth and name. */
export function findPrograms(tree: SourceTree, module: GoModule | undefined): GoProgram[] {
  const files = Map.groupBy(
    [...tree.paths].filter((path) => path.endsWith('.go') && !path.endsWith('_test.go')),
    folderOf,
  )
  const folders = [...files.keys()]
    .filter((folder) => (folder === '.' || !ASIDE.test(folder)) && isBuilt(tree, module, folder))
    .toSorted((one, other) => depth(one) - depth(other) || one.localeCompare(other))
  const programs = folders.flatMap((folder) => {
    const texts = (files.get(folder) ?? []).flatMap((path) => codeOf(tree.read(path)) ?? [])
    if (!texts.some((text) => /^func main\(/m.test(text))) return []
    const name = folder === '.' ? (module?.name ?? 'app') : (folder.split('/').at(-1) ?? folder)
    return [{ name, folder, serves: texts.some((text) => HTTP.test(text)) }]
  })
  const names = new Set<string>()
  return programs
    .filter(({ name, folder }) => {
      const isNew = /^[\w.-]{1,60}$/.test(name) && /^[\w./@-]+$/.test(folder) && !names.has(name)
      names.add(name)
      return isNew
    })
    .slice(0, MAX_PROGRAMS)
}

/** The program that visitors are meant to reach; undefined where that cannot be told. */
export function chooseWeb(
  programs: readonly GoProgram[],
  module: GoModule | undefined,
): { program: GoProgram; why: string } | undefined {
  const [first, ...others] = programs
  if (!first) return undefined
  if (others.length === 0) return { program: first, why: `package main in ${first.folder}` }
  if (first.folder === '.') return { program: first, why: 'package main in the root' }
  const named = WEB_NAMES.map((name) => programs.find((one) => one.name === name)).find(Boolean)
  if (named) return { program: named, why: `of ${countOf(programs)}, by its name` }
  const serving = programs.filter(({ serves }) => serves)
  const own = serving.find(({ name }) => name === module?.name) ?? serving[0]
  if (own) return { program: own, why: `of ${countOf(programs)}, the one that serves HTTP` }
  const same = programs.find(({ name }) => name === module?.name)
  return same && { program: same, why: `of ${countOf(programs)}, named as the module` }
}

const countOf = (programs: readonly GoProgram[]): string => `${programs.length} programs`

/** Not below a go.mod that nothing in the root builds. */
function isBuilt(tree: SourceTree, module: GoModule | undefined, folder: string): boolean {
  const owner = nearestModule(tree, folder)
  if (module === undefined) return folder === '.'
  return owner !== undefined && module.folders.includes(owner)
}

function nearestModule(tree: SourceTree, folder: string): string | undefined {
  for (let at = folder; at !== '.'; at = folderOf(at))
    if (tree.paths.has(below(at, 'go.mod'))) return at
  return tree.paths.has('go.mod') ? '.' : undefined
}

/** Of a package main that is part of the build; undefined for anything else. */
function codeOf(text: string | undefined): string | undefined {
  const code = text?.slice(0, MAX_SCANNED)
  if (code === undefined || !/^package[ \t]+main\b/m.test(code)) return undefined
  if (/^\/\/(go:build|[ \t]*\+build)[ \t]+(ignore|tools|wasm|js)\b/m.test(code)) return undefined
  return code
}

const folderOf = (path: string): string => {
  const at = path.lastIndexOf('/')
  return at === -1 ? '.' : path.slice(0, at)
}

const depth = (folder: string): number => (folder === '.' ? 0 : folder.split('/').length)
