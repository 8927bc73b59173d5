import { CodedError } from '@vastrox/shared/errors.ts'
import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import type { GradleProject } from './java-gradle.ts'
import type { Pom } from './java-maven.ts'
import { sections, textOf } from './java-xml.ts'
import { plainText } from './plain-text.ts'

/** What can be prepared, oldest first: each is its suite's own. */
export const JAVA_VERSIONS: readonly number[] = [11, 17, 21, 25]
const DEFAULT = 21

export interface JavaVersion {
  version: string
  because: string
}

interface Said {
  major: number
  where: string
  /** A file that names the JDK means that one; a build file names the least that will do. */
  isExact: boolean
}

/** What the settings say, then files that name a JDK, then the build files. */
export function chooseJava(
  tree: SourceTree,
  wishes: Wishes,
  project: { poms?: readonly Pom[]; gradle?: readonly GradleProject[]; newest?: number },
): JavaVersion {
  const said =
    fromWishes(wishes) ?? fromFiles(tree) ?? fromPoms(project.poms) ?? fromGradle(project.gradle)
  if (!said) {
    const major = JAVA_VERSIONS.findLast((one) => one <= (project.newest ?? DEFAULT)) ?? DEFAULT
    const why =
      major === DEFAULT
        ? 'the default; java.version in pom.xml or a toolchain chooses another'
        : `the newest that this Gradle runs on`
    return { version: String(major), because: `Java ${Math.min(major, DEFAULT)} (${why})` }
  }
  const major = said.isExact
    ? JAVA_VERSIONS.find((one) => one === said.major)
    : JAVA_VERSIONS.find((one) => one >= said.major)
  if (major === undefined)
    throw new CodedError('STACK_NOT_DETECTED', {
      reason: `${plainText(said.where)} ${said.major}; there is no such Java here. Vastrox has ${JAVA_VERSIONS.join(', ')}.`,
    })
  return { version: String(major), because: `Java ${major} (${said.where} ${said.major})` }
}

function fromWishes(wishes: Wishes): Said | undefined {
  if (wishes.version === null) return undefined
  const where = `version in ${whereSaid(wishes, 'version')} is`
  return said(majorOf(wishes.version), where, true)
}

/** Heroku's, jenv's, SDKMAN's and asdf's. */
function fromFiles(tree: SourceTree): Said | undefined {
  const found: (readonly [string | undefined, string])[] = [
    [
      /^[ \t]*java\.runtime\.version[ \t]*[=:][ \t]*([^\s#]{1,60})/m.exec(
        tree.read('system.properties') ?? '',
      )?.[1],
      'java.runtime.version in system.properties is',
    ],
    [/^[^\s#]{1,60}/m.exec((tree.read('.java-version') ?? '').trim())?.[0], '.java-version says'],
    [
      /^[ \t]*java[ \t]*=[ \t]*([^\s#]{1,60})/m.exec(tree.read('.sdkmanrc') ?? '')?.[1],
      '.sdkmanrc says',
    ],
    [
      /^java[ \t]+([^\s#]{1,60})/m.exec(tree.read('.tool-versions') ?? '')?.[1],
      '.tool-versions says',
    ],
  ]
  for (const [value, where] of found) {
    const one = value === undefined ? undefined : said(majorOf(value), where, true)
    if (one) return one
  }
  return undefined
}

const PROPERTIES = [
  'maven.compiler.release',
  'java.version',
  'maven.compiler.target',
  'maven.compiler.source',
  'kotlin.compiler.jvmTarget',
  'jdk.version',
]

/** The module's own pom goes before its parents'. */
function fromPoms(poms: readonly Pom[] = []): Said | undefined {
  const resolve = (value: string | undefined): string | undefined => {
    const name = /^\$\{([^}]{1,100})\}$/.exec(value ?? '')?.[1]
    if (name === undefined) return value
    return poms.map((pom) => pom.properties(name)).find((one) => one !== undefined)
  }
  for (const pom of poms) {
    for (const name of PROPERTIES) {
      const one = said(
        majorOf(resolve(pom.properties(name))),
        `${name} in ${fileOf(pom)} is`,
        false,
      )
      if (one) return one
    }
    const compiler = sections(pom.plugins, 'plugin').find((one) =>
      one.includes('maven-compiler-plugin'),
    )
    const level = ['release', 'target', 'source']
      .map((name) => resolve(textOf(compiler ?? '', name)))
      .find((one) => one !== undefined)
    const one = said(majorOf(level), `maven-compiler-plugin in ${fileOf(pom)} says`, false)
    if (one) return one
    const toolchain = sections(sections(pom.plugins, 'toolchains').join(''), 'version')[0]
    const chain = said(
      majorOf(resolve(toolchain?.trim())),
      `the toolchain in ${fileOf(pom)} is`,
      true,
    )
    if (chain) return chain
  }
  return undefined
}

const fileOf = ({ folder }: Pom): string => (folder === '.' ? 'pom.xml' : `${folder}/pom.xml`)

function fromGradle(projects: readonly GradleProject[] = []): Said | undefined {
  for (const { text } of projects) {
    const chain =
      /JavaLanguageVersion\.of\([ "']{0,3}(\d{1,2})/.exec(text)?.[1] ??
      /\bjvmToolchain\([ ]{0,3}(\d{1,2})/.exec(text)?.[1]
    const exact = said(majorOf(chain), 'the toolchain in build.gradle is', true)
    if (exact) return exact
    const level =
      /\b(?:sourceCompatibility|targetCompatibility)[ \t]*=?[ \t]*(?:JavaVersion\.(?:toVersion\()?)?["']?(?:VERSION_)?(\d[\d._]{0,5})/.exec(
        text,
      )?.[1] ?? /\boptions\.release(?:\.set\(|[ \t]*=)[ \t]*(\d{1,2})/.exec(text)?.[1]
    const least = said(
      majorOf(level?.replace('_', '.')),
      'sourceCompatibility in build.gradle is',
      false,
    )
    if (least) return least
  }
  return undefined
}

function said(major: number | undefined, where: string, isExact: boolean): Said | undefined {
  return major === undefined ? undefined : { major, where, isExact }
}

/** `1.8` is 8; `21.0.4-tem`, `temurin-21.0.2`, `openjdk64-17` and `zulu21` are what they look like. */
function majorOf(value: string | undefined): number | undefined {
  const found = /^(?:[a-z][a-z-]{0,30}(?:64)?-?)?(?:1\.)?(\d{1,2})(?:[.+_-]|$)/i.exec(value ?? '')
  return found?.[1] === undefined ? undefined : Number(found[1])
}
