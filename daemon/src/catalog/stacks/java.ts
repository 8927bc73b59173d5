import { CodedError } from '@vastrox/shared/errors.ts'
import { type BuildPlan, defineStack, whereSaid } from '#ports/stack.ts'
import type { JavaBuild } from './java-build.ts'
import { BUNDLE, BUNDLE_PATH } from './java-bundle.ts'
import { javaDockerfile } from './java-dockerfile.ts'
import { gradleBuild } from './java-gradle-build.ts'
import { mavenBuild } from './java-maven-build.ts'
import { chooseJava } from './java-version.ts'
import type { Framework } from './java-maven.ts'
import { plainText } from './plain-text.ts'
import { chooseProcesses } from './processes.ts'
import { slugIgnore } from './slug-ignore.ts'

const TITLES: Record<Framework, string> = {
  'spring-boot': 'Spring Boot',
  quarkus: 'Quarkus',
  micronaut: 'Micronaut',
}

/** How each is told the port; what is none of them reads PORT itself. */
const PORT_OPTIONS: Record<Framework, string> = {
  'spring-boot': '-Dserver.port=$PORT',
  quarkus: '-Dquarkus.http.port=$PORT -Dquarkus.http.host=0.0.0.0',
  micronaut: '-Dmicronaut.server.port=$PORT',
}

/**
 * Three quarters of the container's limit for the heap: the rest is for classes, code and threads.
 * What runs out of memory ends, so that it is started anew rather than left half alive.
 */
const JAVA_OPTIONS = '-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError'

export const java = defineStack({
  name: 'java',
  title: 'Java',
  reads: [
    'pom.xml',
    'build.gradle',
    'build.gradle.kts',
    '/settings.gradle',
    '/settings.gradle.kts',
    'gradle-wrapper.properties',
    'system.properties',
    '.java-version',
    '.sdkmanrc',
    '.tool-versions',
    '.slugignore',
    'Procfile',
  ],

  detect({ paths }) {
    const file = [
      'pom.xml',
      'build.gradle',
      'build.gradle.kts',
      'settings.gradle',
      'settings.gradle.kts',
    ].find((path) => paths.has(path))
    return file === undefined ? undefined : { because: file }
  },

  plan(tree, wishes) {
    const found = tree.paths.has('pom.xml') ? mavenBuild(tree, wishes) : gradleBuild(tree, wishes)
    const version = chooseJava(tree, wishes, found.versions)
    const run = chooseProcesses(tree, wishes, { web: webOf(found) })
    const kept = whyKept(run.processes, run.releaseCommand)
    const secrets = wishes.buildEnvKeys.filter((key) => wishes.envKeys.includes(key))
    const ignored = slugIgnore(tree)
    return {
      stack: 'java',
      summary: [
        found.framework === undefined
          ? version.because
          : `${TITLES[found.framework]}, ${version.because}`,
        ...found.because,
        wishes.buildCommand === null
          ? `build: ${found.build}`
          : `build: ${wishes.buildCommand} (${whereSaid(wishes, 'buildCommand')})`,
        kept === undefined
          ? 'libraries are a layer of their own'
          : `everything that was built is kept: ${kept}`,
        `heap: at most 75 % of the memory limit (JAVA_TOOL_OPTIONS)`,
        ...run.because,
        ...ignored.because,
      ].map(plainText),
      alternatives: found.alternatives.map(plainText),
      images: [{ stack: 'java', version: version.version }],
      dockerfile: javaDockerfile({
        tool: found.tool,
        build: wishes.buildCommand === null ? found.build : inShell(wishes.buildCommand),
        first: wishes.buildCommand === null ? found.first : null,
        output: found.output,
        keepsAll: kept !== undefined,
        secrets,
        command: run.processes['web'] ?? null,
      }),
      files: { [BUNDLE_PATH]: BUNDLE },
      buildEnvKeys: secrets,
      ignore: ['.git', ...outputsOf(found), ...ignored.patterns],
      context: found.context,
      processes: run.processes,
      releaseCommand: run.releaseCommand,
      env: { JAVA_TOOL_OPTIONS: JAVA_OPTIONS },
    } satisfies BuildPlan
  },
})

/** What was built elsewhere and came with the source must not be taken for what is built now. */
const outputsOf = ({ tool, output }: JavaBuild): string[] =>
  tool === 'maven' ? [`/${output}`] : [`/${output}/libs`, `/${output}/install`, '/.gradle']

const inShell = (command: string): string => `sh -c ${quote(command)}`
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

function webOf({ framework, startsByScript }: JavaBuild): { command: string; where: string } {
  const options = framework === undefined ? [] : [PORT_OPTIONS[framework]]
  if (startsByScript) {
    const set = options.length === 0 ? '' : `JAVA_OPTS="${options.join(' ')} $JAVA_OPTS" `
    return { command: `${set}/srv/app/start`, where: 'the start script of the application plugin' }
  }
  const command = ['java', ...options, '$JAVA_OPTS', '-jar app.jar'].join(' ')
  const where =
    framework === undefined ? 'the jar that names a Main-Class' : `the jar of ${TITLES[framework]}`
  return { command, where }
}

/** A command of the user's that reads what the build left, as it is on Heroku. */
function whyKept(
  processes: Readonly<Record<string, string>>,
  release: string | null,
): string | undefined {
  const all = { ...processes, ...(release === null ? {} : { release }) }
  const found = Object.entries(all).find(([, command]) =>
    /(^|[\s"'=:./])(target|build|src|bin)\/|\bmvnw?\b|\bgradlew?\b/.test(command),
  )
  return found && `${found[0]} reads it`
}

/** Throws for what no recipe can build, in words. */
export const cannotBuild = (reason: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', { reason })
