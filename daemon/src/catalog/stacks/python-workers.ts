import type { SourceTree } from '#ports/stack.ts'
import type { Command } from './processes.ts'
import type { Django } from './python-django.ts'
import type { Imports } from './python-import.ts'
import type { PythonModule } from './python-source.ts'

/** Processes besides `web` that the project looks made for, by name. */
export function findWorkers(
  tree: SourceTree,
  modules: readonly PythonModule[],
  imports: Imports,
  { names, django }: { names: ReadonlySet<string>; django: Django | undefined },
): Record<string, Command> {
  const found: Record<string, Command> = {}
  const manage = [django?.root, 'manage.py'].filter(Boolean).join('/')
  const add = (name: string, command: string, where: string): void => {
    found[name] ??= { command, where }
  }
  const celery = moduleThatMakes(modules, imports, ['celery.Celery', 'celery.app.Celery'])
  if (celery) {
    const app = celery.module.replace(/\.celery$/, '')
    add('worker', `celery -A ${app} worker --loglevel INFO`, `Celery in ${celery.path}`)
    const beats =
      names.has('django-celery-beat') ||
      modules.some(({ text }) => /\bbeat_schedule\b|CELERY_BEAT_SCHEDULE/.test(text))
    if (beats) {
      const schedule = names.has('django-celery-beat')
        ? ' --scheduler django_celery_beat.schedulers:DatabaseScheduler'
        : ' --schedule /tmp/celerybeat'
      add('beat', `celery -A ${app} beat --loglevel INFO${schedule}`, 'a schedule of Celery')
    }
  }
  if (django && names.has('django-rq')) add('worker', `python ${manage} rqworker`, 'django-rq')
  if (django && names.has('huey')) add('worker', `python ${manage} run_huey`, 'huey')
  if (django && names.has('django-q2')) add('worker', `python ${manage} qcluster`, 'django-q2')
  if (django && names.has('django-dramatiq'))
    add('worker', `python ${manage} rundramatiq`, 'django-dramatiq')
  const huey = moduleThatMakes(modules, imports, ['huey.RedisHuey', 'huey.SqliteHuey', 'huey.Huey'])
  if (huey) add('worker', `huey_consumer ${huey.module}.${huey.name}`, `Huey in ${huey.path}`)
  const dramatiq = moduleThatMakes(modules, imports, ['dramatiq.brokers.redis.RedisBroker'])
  if (dramatiq) add('worker', `dramatiq ${dramatiq.module}`, `Dramatiq in ${dramatiq.path}`)
  const arq = modules.find(
    ({ text, path }) => /^class WorkerSettings\b/m.test(text) && names.has('arq') && path !== '',
  )
  const arqModule = arq && imports.nameOf(arq.path)?.module
  if (arqModule !== undefined)
    add('worker', `arq ${arqModule}.WorkerSettings`, `arq in ${arq?.path}`)
  if (names.has('rq') && !django && tree.paths.size > 0)
    add('worker', 'rq worker --url "$REDIS_URL"', 'rq is installed')
  return found
}

function moduleThatMakes(
  modules: readonly PythonModule[],
  imports: Imports,
  makers: readonly string[],
): { module: string; name: string; path: string } | undefined {
  for (const { path, assigned } of modules) {
    const made = assigned.find(({ maker }) => makers.includes(maker))
    const name = made && imports.nameOf(path)
    if (made && name) return { module: name.module, name: made.name, path }
  }
  return undefined
}
