import type { SourceTree } from '#ports/stack.ts'
import type { Framework } from './java-maven.ts'

export interface GradleProject {
  /** `.` or the folder of a subproject. */
  folder: string
  /** Text of build.gradle or build.gradle.kts, comments of whole lines left out. */
  text: string
  framework: Framework | undefined
  /** shadow packs all into one jar. */
  hasShadow: boolean
  /** `application` installs a start script with its jars. */
  hasApplication: boolean
}

const MAX_PROJECTS = 60

const PLUGINS: readonly (readonly [RegExp, Framework])[] = [
  [/org\.springframework\.boot\b(?!.{0,80}apply[ (]+false)/, 'spring-boot'],
  [/io\.quarkus\b(?!.{0,80}apply[ (]+false)/, 'quarkus'],
  [/io\.micronaut\.(application|minimal\.application)\b(?!.{0,80}apply[ (]+false)/, 'micronaut'],
]

export function readGradle(tree: SourceTree, folder: string): GradleProject | undefined {
  const prefix = folder === '.' ? '' : `${folder}/`
  const written = tree.read(`${prefix}build.gradle.kts`) ?? tree.read(`${prefix}build.gradle`)
  if (written === undefined) return undefined
  const text = written
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
    .join('\n')
  return {
    folder,
    text,
    framework: PLUGINS.find(([pattern]) => pattern.test(text))?.[1],
    hasShadow: /com\.(github\.johnrengelman|gradleup)\.shadow/.test(text),
    hasApplication:
      /\bid[ (]+["']application["']|^\s*application\s*$|plugin:[ ]*["']application["']|^\s*`?application`?\s*\{|io\.ktor\.plugin|\bratpack-java\b/m.test(
        text,
      ),
  }
}

/** The root's project and those that settings.gradle includes. */
export function readGradleProjects(tree: SourceTree): GradleProject[] {
  const settings = tree.read('settings.gradle.kts') ?? tree.read('settings.gradle') ?? ''
  const names = [...settings.matchAll(/^[ \t]*include\b([^\n]*(?:,[ \t]*\n[^\n]*)*)/gm)]
    .flatMap(([, line = '']) => [...line.matchAll(/["']:?([\w:./-]{1,200})["']/g)])
    .map(([, name = '']) => name.replaceAll(':', '/'))
    .filter((name) => !name.split('/').includes('..'))
  const folders = ['.', ...new Set(names)].slice(0, MAX_PROJECTS)
  return folders.flatMap((folder) => readGradle(tree, folder) ?? [])
}

const WEB_NAME = /(^|[-_/])(web|app|server|api|boot|main|application|backend|gateway)$/

export function chooseProject(projects: readonly GradleProject[]): GradleProject | undefined {
  const framed = projects.filter(({ framework }) => framework !== undefined)
  const running =
    framed.length > 0
      ? framed
      : projects.filter(({ hasShadow, hasApplication }) => hasShadow || hasApplication)
  return running.find(({ folder }) => WEB_NAME.test(folder)) ?? running[0]
}

/** Of the wrapper: `8.10.2`. */
export const wrapperVersion = (tree: SourceTree): string | undefined =>
  /gradle-(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)-(?:bin|all)/.exec(
    tree.read('gradle/wrapper/gradle-wrapper.properties') ?? '',
  )?.[1]
