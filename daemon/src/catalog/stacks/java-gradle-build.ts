import { CodedError } from '@vastrox/shared/errors.ts'
import type { SourceTree, Wishes } from '#ports/stack.ts'
import type { JavaBuild } from './java-build.ts'
import {
  chooseProject,
  type GradleProject,
  readGradleProjects,
  wrapperVersion,
} from './java-gradle.ts'

/** The newest Java that a Gradle runs on, by the first of its versions that does. */
const RUNS_ON: readonly (readonly [gradle: number, java: number])[] = [
  [9.01, 25],
  [8.05, 21],
  [7.03, 17],
  [5, 11],
]

/** Gradle comes by the project's wrapper alone: the distribution's own is too old for today's plugins. */
export function gradleBuild(tree: SourceTree, wishes: Wishes): JavaBuild {
  const whole = wholeOf(wishes)
  const source = whole?.tree ?? tree
  const projects = readGradleProjects(source)
  const named = projects.find(({ folder }) => folder === whole?.folder)
  const app = named ?? chooseProject(projects) ?? projects[0]
  const gradle = wrapperVersion(source)
  const hasWrapper =
    source.paths.has('gradlew') && source.paths.has('gradle/wrapper/gradle-wrapper.jar')
  if (!hasWrapper && wishes.buildCommand === null)
    throw new CodedError('STACK_NOT_DETECTED', {
      reason:
        'This is a Gradle project without its wrapper, and no other Gradle can be had here: run `gradle wrapper` and commit gradlew and gradle/wrapper, or add a Dockerfile.',
    })
  const folder = app?.folder ?? '.'
  const task = taskOf(app, projects)
  const path = folder === '.' ? '' : `:${folder.replaceAll('/', ':')}:`
  const newest = newestFor(gradle)
  return {
    tool: 'gradle',
    build: `sh ./gradlew --no-daemon --console=plain ${path}${task.name}${task.name === 'stage' ? ' -x test' : ''}`,
    first: `sh -c ${quote(PROBE)}`,
    output: folder === '.' ? 'build' : `${folder}/build`,
    framework: app?.framework,
    startsByScript: task.name === 'installDist',
    versions: {
      gradle: [...new Set([...(app ? [app] : []), ...projects])],
      ...(newest === undefined ? {} : { newest }),
    },
    context: whole ? 'repository' : 'root-directory',
    because: [
      gradle === undefined
        ? "Gradle by the project's wrapper"
        : `Gradle ${gradle} by the project's wrapper`,
      ...(folder === '.' ? [] : [`subproject ${folder}`]),
      `task ${task.name}: ${task.why}`,
    ],
    alternatives: [],
  }
}

/** Its failure is the commonest one, and the wrapper's own words for it are a stack trace. */
const PROBE =
  "sed -i 's/\\r$//' gradlew; sh ./gradlew --no-daemon --version || { echo 'No Gradle can be had: its wrapper could not fetch the distribution that gradle/wrapper/gradle-wrapper.properties names. Let the server reach that address, set distributionUrl to one that it reaches, or add a Dockerfile.' >&2; exit 1; }"

function taskOf(
  app: GradleProject | undefined,
  projects: readonly GradleProject[],
): { name: string; why: string } {
  const isStaged = projects.some(({ text }) =>
    /\btask[ (]+["']?stage\b|tasks\.(register|create)\(["']stage["']/.test(text),
  )
  if (isStaged) return { name: 'stage', why: 'the project has it' }
  if (app?.framework === 'spring-boot') return { name: 'bootJar', why: 'the plugin of Spring Boot' }
  if (app?.framework === 'quarkus') return { name: 'quarkusBuild', why: 'the plugin of Quarkus' }
  if (app?.hasShadow) return { name: 'shadowJar', why: 'the shadow plugin' }
  if (app?.hasApplication || app?.framework === 'micronaut')
    return { name: 'installDist', why: 'the application plugin' }
  return { name: 'assemble', why: 'a jar that names a Main-Class' }
}

function newestFor(gradle: string | undefined): number | undefined {
  if (gradle === undefined) return undefined
  const [major = 0, minor = 0] = gradle.split('.').map(Number)
  return RUNS_ON.find(([since]) => major + minor / 100 >= since)?.[1]
}

function wholeOf({
  repository,
  rootDirectory,
}: Wishes): { tree: SourceTree; folder: string } | undefined {
  if (!repository || rootDirectory === null || repository.paths.has(`${rootDirectory}/gradlew`))
    return undefined
  const isPart = readGradleProjects(repository).some(({ folder }) => folder === rootDirectory)
  return isPart ? { tree: repository, folder: rootDirectory } : undefined
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
