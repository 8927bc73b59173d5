import type { SourceTree } from '#ports/stack.ts'
import { sections, textOf, without, withoutComments } from './java-xml.ts'

export type Framework = 'spring-boot' | 'quarkus' | 'micronaut'

export interface Pom {
  /** Where it is: `.` or the folder of a module. */
  folder: string
  artifact: string
  packaging: string
  modules: string[]
  /** What makes the module an app that runs. */
  framework: Framework | undefined
  /** It says itself what its main class is, or packs all into one jar. */
  isExecutable: boolean
  /** It depends on a web server of its framework. */
  isWeb: boolean
  properties: (name: string) => string | undefined
  /** Text of the plugins, for the little else that is read. */
  plugins: string
}

const MAX_MODULES = 60
const FRAMEWORKS: readonly (readonly [plugin: string, framework: Framework])[] = [
  ['spring-boot-maven-plugin', 'spring-boot'],
  ['quarkus-maven-plugin', 'quarkus'],
  ['micronaut-maven-plugin', 'micronaut'],
]
const WEB =
  /<artifactId>(spring-boot-starter-(web|webmvc|webflux|jersey|undertow|jetty)|quarkus-(rest|resteasy|undertow|vertx-http|reactive-routes)[a-z-]*|micronaut-http-server[a-z-]*)<\/artifactId>/

/** The pom.xml of a folder; undefined where there is none. */
export function readPom(tree: SourceTree, folder: string): Pom | undefined {
  const text = tree.read(folder === '.' ? 'pom.xml' : `${folder}/pom.xml`)
  if (text === undefined) return undefined
  const whole = withoutComments(text)
  const own = without(whole, ['pluginManagement', 'dependencyManagement', 'profiles'])
  const top = without(own, ['parent', 'dependencies', 'build', 'properties'])
  const plugins = sections(own, 'plugins').join('\n')
  const properties = sections(own, 'properties').join('\n')
  const framework = FRAMEWORKS.find(([name]) => plugins.includes(`<artifactId>${name}<`))?.[1]
  return {
    folder,
    artifact: textOf(top, 'artifactId') ?? 'app',
    packaging: textOf(top, 'packaging') ?? 'jar',
    modules: sections(top, 'modules')
      .flatMap((one) => sections(one, 'module'))
      .map((one) =>
        one
          .trim()
          .replace(/\/pom\.xml$/, '')
          .replace(/\/$/, ''),
      )
      .filter((one) => /^[\w][\w./-]*$/.test(one) && !one.split('/').includes('..'))
      .slice(0, MAX_MODULES),
    framework,
    isExecutable: /<mainClass>|<artifactId>maven-(shade|assembly)-plugin</.test(plugins),
    isWeb: WEB.test(own),
    properties: (name) => textOf(properties, name),
    plugins,
  }
}

/** The root's pom and those of its modules, theirs too; at most 60. */
export function readPoms(tree: SourceTree, root: Pom): Pom[] {
  const found = [root]
  for (const pom of found)
    for (const name of pom.modules) {
      if (found.length > MAX_MODULES) return found
      const folder = pom.folder === '.' ? name : `${pom.folder}/${name}`
      const module = found.some((one) => one.folder === folder) ? undefined : readPom(tree, folder)
      if (module) found.push(module)
    }
  return found
}

const WEB_NAME = /(^|[-_/])(web|app|server|api|boot|main|application|backend|gateway)$/

/** Of several the module that is the app: the one that runs, serves, and is named so. */
export function chooseModule(poms: readonly Pom[]): Pom | undefined {
  const running = poms.filter(
    (pom) => pom.packaging !== 'pom' && (pom.framework !== undefined || pom.isExecutable),
  )
  if (running.length <= 1) return running[0]
  const web = running.filter(({ isWeb }) => isWeb)
  const candidates = web.length > 0 ? web : running
  return candidates.find(({ folder }) => WEB_NAME.test(folder)) ?? candidates[0]
}
