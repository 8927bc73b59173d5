import { describe, expect, it } from 'vitest'
import { type Files, planFile, planOf, planText, treeOf } from '#test/stacks/source-tree.ts'

const plugin = (artifact: string): string =>
  `<build><plugins><plugin><artifactId>${artifact}</artifactId></plugin></plugins></build>`
const dependency = (artifact: string): string =>
  `<dependencies><dependency><artifactId>${artifact}</artifactId></dependency></dependencies>`
const pom = (inside: string): string =>
  `<?xml version="1.0"?>\n<!-- <packaging>war</packaging> -->\n<project><artifactId>shop</artifactId>${inside}</project>`
const java = (version: string): string =>
  `<properties><java.version>${version}</java.version></properties>`

const BOOT = pom(
  java('21') + dependency('spring-boot-starter-web') + plugin('spring-boot-maven-plugin'),
)
const MVNW = { mvnw: '', '.mvn/wrapper/maven-wrapper.properties': '' }
const GRADLEW = {
  gradlew: '',
  'gradle/wrapper/gradle-wrapper.jar': '',
  'gradle/wrapper/gradle-wrapper.properties':
    'distributionUrl=https\\://example.com/distributions/gradle-8.10.2-bin.zip\n',
}

const TREES: Record<string, Files> = {
  'Spring Boot with Maven': { 'pom.xml': BOOT, 'src/main/java/A.java': '' },
  'Spring Boot with the wrapper of Maven and settings': {
    'pom.xml': BOOT,
    ...MVNW,
    'settings.xml': '',
  },
  Quarkus: {
    'pom.xml': pom(
      `<properties><maven.compiler.release>17</maven.compiler.release></properties>${plugin('quarkus-maven-plugin')}`,
    ),
  },
  Micronaut: {
    'pom.xml': pom(
      `<properties><jdk.version>25</jdk.version></properties>${plugin('micronaut-maven-plugin')}`,
    ),
  },
  'a plain jar of Java 8': {
    'pom.xml': pom(
      `<properties><level>1.8</level><maven.compiler.target>\${level}</maven.compiler.target></properties>`,
    ),
  },
  'the compiler plugin’s release': {
    'pom.xml': pom(
      '<build><plugins><plugin><artifactId>maven-compiler-plugin</artifactId><configuration><release>11</release></configuration></plugin></plugins></build>',
    ),
  },
  'modules of which one is the app': {
    'pom.xml': pom(
      `<packaging>pom</packaging><modules><module>core</module><module>apps</module></modules>${java('17')}<build><pluginManagement>${plugin('spring-boot-maven-plugin')}</pluginManagement></build>`,
    ),
    'core/pom.xml': pom(''),
    'apps/pom.xml': pom(
      '<packaging>pom</packaging><modules><module>jobs</module><module>web</module></modules>',
    ),
    'apps/jobs/pom.xml': pom(plugin('spring-boot-maven-plugin')),
    'apps/web/pom.xml': pom(
      dependency('spring-boot-starter-webmvc') + plugin('spring-boot-maven-plugin'),
    ),
  },
  'a Procfile that names the build’s own files': {
    'pom.xml': BOOT,
    Procfile:
      'web: java $JAVA_OPTS -Dserver.port=$PORT -jar target/shop-1.0.jar\nworker: java -cp target/classes Worker\n',
  },
  'system.properties of Heroku': {
    'pom.xml': pom(java('11')),
    'system.properties': '# the JDK\njava.runtime.version=25\nmaven.version=3.9\n',
  },
  sdkmanrc: { 'pom.xml': pom(''), '.sdkmanrc': '# sdk\njava=17.0.12-tem\n' },
  'tool-versions': { 'pom.xml': pom(''), '.tool-versions': 'java temurin-21.0.2+13.0.LTS\n' },
  'Spring Boot with Gradle': {
    'build.gradle.kts':
      'plugins {\n  java\n  id("org.springframework.boot") version "3.5.0"\n}\njava { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\n',
    'settings.gradle.kts': 'rootProject.name = "shop"\n',
    ...GRADLEW,
  },
  'Gradle’s application plugin': {
    'build.gradle':
      "plugins {\n  id 'application'\n}\nsourceCompatibility = JavaVersion.VERSION_17\n",
    ...GRADLEW,
  },
  'subprojects of Gradle': {
    'settings.gradle': "include 'core',\n  'web'\n",
    'core/build.gradle': "plugins { id 'java-library' }\n",
    'web/build.gradle':
      "plugins { id 'org.springframework.boot' version '3.5.0' }\nsourceCompatibility = '1.8'\n",
    ...GRADLEW,
  },
  'an old Gradle that says no version': {
    'build.gradle': "plugins { id 'com.github.johnrengelman.shadow' version '7.1.2' }\n",
    ...GRADLEW,
    'gradle/wrapper/gradle-wrapper.properties': 'distributionUrl=x/gradle-7.6.4-all.zip\n',
  },
}

describe('the plan for Java', () => {
  it.each(Object.keys(TREES))('of %s', async (name) => {
    const plan = planOf(TREES[name] ?? {})

    expect(plan.files?.['.vastrox/java-bundle.sh']).toContain('#!/bin/sh')
    await expect(planText({ ...plan, files: {} })).toMatchFileSnapshot(planFile('java', name))
  })

  it('of a module that rootDirectory names is of the whole repository', async () => {
    const repository = treeOf(TREES['modules of which one is the app'] ?? {})
    const plan = planOf(
      { 'pom.xml': pom(plugin('spring-boot-maven-plugin')) },
      { rootDirectory: 'apps/jobs', repository },
    )

    await expect(planText({ ...plan, files: {} })).toMatchFileSnapshot(planFile('java', 'a-module'))
  })

  it('honours what the user said', () => {
    const plan = planOf(
      { 'pom.xml': BOOT },
      {
        version: '25',
        buildCommand: "mvn -Pprod package && echo 'done'",
        startCommand: 'java -jar app.jar',
      },
    )

    expect(plan.images).toEqual([{ stack: 'java', version: '25' }])
    expect(plan.dockerfile).toContain(
      "vastrox-java sh -c 'mvn -Pprod package && echo '\\\\''done'\\\\'''",
    )
    expect(plan.processes).toEqual({ web: 'java -jar app.jar' })
  })
})

describe('what cannot be built is refused in words', () => {
  it.each<[what: string, files: Files, reason: string]>([
    [
      'Gradle without its wrapper',
      { 'build.gradle': "plugins { id 'application' }" },
      'This is a Gradle project without its wrapper, and no other Gradle can be had here: run `gradle wrapper` and commit gradlew and gradle/wrapper, or add a Dockerfile.',
    ],
    [
      'a war for an application server',
      { 'pom.xml': pom('<packaging>war</packaging>') },
      'pom.xml makes a war for an application server, which Vastrox does not run: make a jar that starts by itself, or add a Dockerfile.',
    ],
    [
      'a JDK that cannot be had',
      { 'pom.xml': pom(''), '.java-version': '22\n' },
      '.java-version says 22; there is no such Java here. Vastrox has 11, 17, 21, 25.',
    ],
    [
      'a Java that is newer than all of ours',
      { 'pom.xml': pom(java('26')) },
      'java.version in pom.xml is 26; there is no such Java here. Vastrox has 11, 17, 21, 25.',
    ],
  ])('%s', (_what, files, reason) => {
    expect(() => planOf(files)).toThrow(expect.objectContaining({ details: { reason } }))
  })
})

it('reads a hostile project in time by its length', () => {
  const startedAt = performance.now()

  planOf({
    'pom.xml': `<project>${'<modules><module>a</module>'.repeat(20_000)}${'<plugins>'.repeat(50_000)}`,
  })
  planOf({
    'build.gradle': `${'org.springframework.boot apply '.repeat(30_000)}\n${'sourceCompatibility '.repeat(40_000)}`,
    'settings.gradle': `${'include '.repeat(50_000)}\n${"include 'a',\n".repeat(30_000)}`,
    ...GRADLEW,
  })

  expect(performance.now() - startedAt).toBeLessThan(3_000)
})
