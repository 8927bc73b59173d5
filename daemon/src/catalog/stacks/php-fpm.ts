/** The pool of php-fpm. How many workers it has, php-server works out from the memory limit. */
export const phpFpmConfig = (poolFile: string | undefined): string =>
  [
    '; Written by Vastrox.',
    '[global]',
    'error_log = /proc/self/fd/2',
    'log_level = warning',
    'log_limit = 16384',
    '; Told to stop, workers end what they are doing; the platform ends the wait.',
    'process_control_timeout = 1h',
    '',
    '[www]',
    'listen = /run/php-server/php.sock',
    'listen.backlog = 1024',
    'pm = ondemand',
    'pm.max_children = ${PHP_SERVER_CHILDREN}',
    'pm.process_idle_timeout = 60s',
    '; Only nginx closes connections that it keeps: no request meets one that is being closed.',
    'pm.max_requests = 0',
    'request_terminate_timeout = 300s',
    'clear_env = no',
    'catch_workers_output = yes',
    'decorate_workers_output = no',
    'security.limit_extensions = .php',
    ...(poolFile === undefined ? [] : [`include = /srv/app/${poolFile}`]),
    '',
  ].join('\n')

/** Settings of PHP behind the web server. */
export const phpIni = (site: {
  uploadMaxBytes: number
  maxBodyBytes: number
  changesItself: boolean
}): string =>
  [
    '; Written by Vastrox.',
    ...SHARED,
    'error_log = /proc/self/fd/2',
    `upload_max_filesize = ${site.uploadMaxBytes}`,
    `post_max_size = ${site.maxBodyBytes}`,
    'max_file_uploads = 50',
    'max_input_vars = 5000',
    'max_execution_time = 60',
    '',
    'session.save_path = /run/php-server/sessions',
    'session.gc_probability = 1',
    'session.gc_divisor = 1000',
    '',
    'opcache.enable = 1',
    'opcache.interned_strings_buffer = 16',
    'opcache.max_accelerated_files = 20000',
    ...(site.changesItself
      ? ['opcache.validate_timestamps = 1', 'opcache.revalidate_freq = 2']
      : ['opcache.validate_timestamps = 0']),
    'realpath_cache_size = 4096k',
    `realpath_cache_ttl = ${site.changesItself ? 120 : 3600}`,
    '',
  ].join('\n')

const SHARED = [
  'expose_php = Off',
  'display_errors = Off',
  'log_errors = On',
  'html_errors = Off',
  '; Env variables are in $_ENV too, where frameworks look for them.',
  'variables_order = EGPCS',
  'zend.assertions = -1',
  'zend.exception_ignore_args = On',
]

/** Settings of PHP on the command line: workers, scheduled jobs, release commands. */
export const PHP_CLI_INI = [
  '; Written by Vastrox.',
  ...SHARED.filter((line) => !line.startsWith('display_errors')),
  'display_errors = stderr',
  '',
].join('\n')
