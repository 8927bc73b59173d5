import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import type { Wishes } from '#ports/stack.ts'
import { type Files, planFile, planOf, planText } from '#test/stacks/source-tree.ts'

const LARAVEL: Files = {
  artisan: '',
  'composer.json': {
    require: { php: '^8.2', 'laravel/framework': '^12.0' },
    scripts: { 'post-autoload-dump': ['@php artisan package:discover --ansi'] },
    autoload: { 'psr-4': { 'App\\': 'app/' } },
  },
  'composer.lock': {
    packages: [
      {
        name: 'laravel/framework',
        version: 'v12.4.0',
        require: { php: '^8.2', 'ext-mbstring': '*' },
      },
    ],
  },
  'public/index.php': '',
  'bootstrap/app.php': '',
  'bootstrap/cache/.gitignore': '',
  'storage/framework/views/.gitignore': '',
  'storage/logs/.gitignore': '',
  'app/Models/User.php': '',
}
const VITE: Files = {
  'package.json': {
    private: true,
    scripts: { build: 'vite build', dev: 'vite' },
    devDependencies: { vite: '^7.0.0', 'laravel-vite-plugin': '^2.0.0' },
  },
  'package-lock.json': '{}',
}
const SYMFONY: Files = {
  'composer.json': {
    type: 'project',
    require: {
      php: '>=8.2',
      'ext-ctype': '*',
      'ext-intl': '*',
      'symfony/framework-bundle': '7.3.*',
    },
    scripts: { 'auto-scripts': {}, 'post-install-cmd': ['@auto-scripts'] },
    autoload: { 'psr-4': { 'App\\': 'src/' } },
  },
  'composer.lock': {
    packages: [
      { name: 'symfony/framework-bundle', version: 'v7.3.1', require: { php: '>=8.2' } },
      { name: 'symfony/runtime', version: 'v7.3.1', require: { php: '>=8.2' } },
    ],
  },
  'symfony.lock': '{}',
  '.env': '',
  'bin/console': '',
  'config/bundles.php': '',
  'src/Kernel.php': '',
  'public/index.php': '',
}
const WORDPRESS: Files = {
  'index.php': '',
  'wp-load.php': '',
  'wp-settings.php': '',
  'wp-config-sample.php': '',
  'wp-admin/index.php': '',
  'wp-includes/version.php': "<?php\n$wp_version = '6.8.2';\n",
  'wp-content/themes/mine/style.css': '',
  '.htaccess':
    '# BEGIN WordPress\n<IfModule mod_rewrite.c>\nRewriteEngine On\nRewriteRule ^index\\.php$ - [L]\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.php [L]\n</IfModule>\n',
}
const SLIM: Files = {
  'composer.json': {
    require: { php: '^8.1', 'slim/slim': '^4.14', 'slim/psr7': '^1.7' },
    autoload: { 'psr-4': { 'App\\': 'src/' } },
  },
  'composer.lock': { packages: [{ name: 'slim/slim', version: '4.14.0', require: {} }] },
  'public/index.php': '',
  'src/Page.php': '',
}

const TREES: Record<string, Files | [Files, Partial<Wishes>]> = {
  'one index.php': { 'index.php': '', 'style.css': '', 'README.md': '' },
  'several pages': { 'index.php': '', 'about.php': '', 'inc/db.php': '', 'img/logo.png': '' },
  'a form beside HTML': { 'index.html': '', 'send.php': '', 'css/site.css': '' },
  'plain PHP with a public folder': {
    'public/index.php': '',
    'src/app.php': '',
    'bin/import.php': '',
  },
  'public_html of a hosting provider': {
    'public_html/index.php': '',
    'public_html/shop/index.php': '',
  },
  Laravel: LARAVEL,
  'Laravel with Vite, a key and a database': [
    { ...LARAVEL, ...VITE, 'app/Jobs/SendMail.php': '' },
    { envKeys: ['APP_KEY', 'DATABASE_URL', 'SESSION_DRIVER'] },
  ],
  Symfony: SYMFONY,
  'Symfony with Doctrine, Encore and a database': [
    {
      ...SYMFONY,
      'composer.lock': {
        packages: [
          { name: 'symfony/framework-bundle', version: 'v7.3.1', require: { php: '>=8.2' } },
          { name: 'doctrine/orm', version: '3.5.0', require: { php: '^8.1' } },
          { name: 'doctrine/doctrine-migrations-bundle', version: '3.4.0', require: {} },
          { name: 'symfony/messenger', version: 'v7.3.1', require: { php: '>=8.2' } },
        ],
      },
      'package.json': {
        private: true,
        scripts: { build: 'encore production' },
        devDependencies: {
          '@symfony/webpack-encore': '^5.0.0',
          '@symfony/ux-turbo': 'file:vendor/symfony/ux-turbo/assets',
        },
      },
      'yarn.lock': '',
    },
    { envKeys: ['DATABASE_URL', 'APP_SECRET'] },
  ],
  'Symfony 3 with web/app.php': {
    'composer.json': { require: { php: '>=5.5.9', 'symfony/symfony': '3.4.*' }, autoload: {} },
    'composer.lock': {
      packages: [
        { name: 'symfony/symfony', version: 'v3.4.49', require: { php: '^5.5.9|>=7.0.8 <8' } },
      ],
    },
    'app/AppKernel.php': '',
    'bin/console': '',
    'web/app.php': '',
    'web/app_dev.php': '',
  },
  'WordPress without a database': WORDPRESS,
  'WordPress with a database': [WORDPRESS, { envKeys: ['DATABASE_URL'] }],
  'WordPress that is older than PHP 8, with its own settings': {
    ...WORDPRESS,
    'wp-config.php': '',
    'wp-includes/version.php': "<?php\n$wp_version = '5.4.1';\n",
  },
  Bedrock: {
    'composer.json': {
      require: { php: '>=8.1', 'roots/wordpress': '^6.8', 'composer/installers': '^2.2' },
    },
    'composer.lock': {
      packages: [{ name: 'composer/installers', version: 'v2.3.0', require: {} }],
    },
    'config/application.php': '',
    'web/index.php': '',
    'web/wp-config.php': '',
    'web/app/mu-plugins/loader.php': '',
  },
  'Drupal made by Composer': {
    'composer.json': {
      require: {
        'composer/installers': '^2.3',
        'drupal/core-composer-scaffold': '^11',
        'drupal/core-recommended': '^11',
      },
    },
    'composer.lock': {
      packages: [
        { name: 'composer/installers', version: 'v2.3.0', require: {} },
        {
          name: 'drupal/core',
          version: '11.2.0',
          require: { php: '>=8.3.0', 'ext-gd': '*', 'ext-pdo': '*' },
        },
      ],
    },
    'web/modules/custom/hello/hello.info.yml': '',
  },
  Craft: {
    craft: '',
    'composer.json': {
      require: { php: '>=8.2', 'craftcms/cms': '^5.0' },
      config: { platform: { php: '8.2' } },
    },
    'composer.lock': { packages: [] },
    'web/index.php': '',
  },
  'CodeIgniter 4': {
    spark: '',
    'composer.json': { require: { php: '^8.1', 'codeigniter4/framework': '^4.6' } },
    'composer.lock': { packages: [] },
    'public/index.php': '',
    'app/Config/App.php': '',
    'writable/logs/index.html': '',
  },
  'CodeIgniter 3 with closed folders': {
    'index.php': '',
    'system/core/CodeIgniter.php': '',
    'system/.htaccess': 'Deny from all\n',
    'application/.htaccess':
      '<IfModule authz_core_module>\n\tRequire all denied\n</IfModule>\n<IfModule !authz_core_module>\n\tDeny from all\n</IfModule>\n',
    'assets/.htaccess': '<Files "*.php">\nDeny from all\n</Files>\n',
    'plugins/one/.htaccess':
      'Order Deny,Allow\nDeny from all\n<FilesMatch "^site\\.(css|js)$">\nAllow from all\n</FilesMatch>\n',
    'open/.htaccess': 'Deny from all\nAllow from all\n',
    '.htaccess':
      'RewriteEngine on\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ index.php/$1 [L]\n',
  },
  'Yii with a backend': {
    yii: '',
    'composer.json': { require: { php: '>=7.4.0', 'yiisoft/yii2': '~2.0.50' } },
    'composer.lock': {
      packages: [{ name: 'yiisoft/yii2', version: '2.0.50', require: { php: '>=7.3.0' } }],
    },
    'frontend/web/index.php': '',
    'backend/web/index.php': '',
  },
  CakePHP: {
    'bin/cake': '',
    'composer.json': { require: { php: '>=8.1', 'cakephp/cakephp': '^5.2' } },
    'composer.lock': { packages: [] },
    'webroot/index.php': '',
    'index.php': '',
  },
  Magento: {
    'bin/magento': '',
    'composer.json': { require: { 'magento/product-community-edition': '2.4.8' } },
    'composer.lock': {
      packages: [
        {
          name: 'magento/framework',
          version: '103.0.8',
          require: {
            php: '~8.2.0||~8.3.0||~8.4.0',
            'ext-bcmath': '*',
            'ext-gd': '*',
            'ext-intl': '*',
            'ext-soap': '*',
          },
        },
      ],
    },
    'pub/index.php': '',
    'pub/static.php': '',
    'index.php': '',
  },
  Joomla: {
    'index.php': '',
    'includes/framework.php': '',
    'administrator/index.php': '',
    'htaccess.txt': '',
  },
  Slim: SLIM,
  'a router of its own in .htaccess': {
    'index.php': '',
    'controllers/Home.php': '',
    'views/home.php': '',
    '.htaccess':
      'Options -Indexes\nErrorDocument 404 /missing.php\nRewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ index.php?url=$1 [QSA,L]\nAuthType Basic\nRewriteRule ^old/(.*)$ /new/$1 [R=301]\n',
    'missing.php': '',
  },
  'addresses without .php': {
    'index.php': '',
    'about.php': '',
    '.htaccess':
      'RewriteEngine On\nRewriteCond %{REQUEST_FILENAME}.php -f\nRewriteRule ^([^\\.]+)$ $1.php [NC,L]\n',
  },
  'a Procfile for Heroku': {
    ...SLIM,
    'nginx_app.conf': 'location / { try_files $uri @app; }\n',
    'fpm_custom.conf': '',
    'php.ini.app': '',
    Procfile:
      'web: vendor/bin/heroku-php-nginx -C nginx_app.conf -F fpm_custom.conf -i php.ini.app public/\nworker: php worker.php\nrelease: php bin/migrate.php\n',
  },
  'a Procfile for Apache': [
    {
      ...LARAVEL,
      Procfile:
        'web: php artisan migrate --force && $(composer config bin-dir)/heroku-php-apache2 public/\n',
    },
    { envKeys: ['APP_KEY'] },
  ],
  'only a worker': {
    'composer.json': { require: { 'react/event-loop': '^1.5' } },
    'bot.php': '',
    Procfile: 'bot: php bot.php\n',
  },
  'a server of its own': {
    'server.php': '',
    'index.php': '',
    Procfile: 'web: php -S 0.0.0.0:$PORT server.php\n',
  },
  'composer.json without a lockfile, and scripts': {
    'composer.json': {
      require: { 'monolog/monolog': '^3.0', 'ext-gd': '*', 'ext-imagick': '*' },
      scripts: { 'post-install-cmd': 'php bin/setup.php', 'post-update-cmd': 'php bin/setup.php' },
    },
    'index.php': '',
  },
  'a script to compile': {
    'composer.json': {
      require: { 'slim/slim': '^4.0' },
      scripts: { compile: 'php bin/compile.php' },
    },
    'composer.lock': { packages: [] },
    'public/index.php': '',
  },
  'packages from folders beside it': {
    'composer.json': {
      repositories: [
        { type: 'path', url: 'packages/*' },
        { type: 'artifact', url: './archives/' },
        { packagist: false },
      ],
      require: { 'mine/blog': '*' },
    },
    'composer.lock': { packages: [] },
    'packages/blog/composer.json': '{}',
    'public/index.php': '',
  },
  'vendor/ in the repository': {
    'composer.json': { require: { 'monolog/monolog': '^3.0' } },
    'vendor/autoload.php': '',
    'vendor/monolog/monolog/index.php': '',
    'index.php': '',
  },
  'a classmap, a COMPOSER_AUTH and an old patch level': [
    {
      'composer.json': { require: { php: '8.2.10', 'a/b': '1' }, autoload: { classmap: ['lib/'] } },
      'composer.lock': { packages: [] },
      'web/index.php': '',
      'lib/A.php': '',
    },
    { envKeys: ['COMPOSER_AUTH'], buildEnvKeys: ['LICENCE'] },
  ],
  'packages that hold PHP back': {
    'composer.json': { require: { php: '>=7.4', 'laminas/laminas-mvc': '^3.0' } },
    'composer.lock': {
      packages: [
        {
          name: 'laminas/laminas-mvc',
          version: '3.7.0',
          require: { php: '~8.0.0 || ~8.1.0 || ~8.2.0 || ~8.3.0' },
        },
      ],
    },
    'public/index.php': '',
  },
  'settings go before everything': [
    { ...SLIM, 'web/index.php': '', ...VITE },
    {
      version: '7.4',
      documentRoot: 'web',
      startCommand: 'php-server',
      buildCommand: 'php bin/build.php',
      releaseCommand: 'php bin/release.php',
      uploadMaxBytes: 500 * 2 ** 20,
      buildEnvKeys: ['TOKEN'],
    },
  ],
  'a build command for the assets': [
    { 'index.php': '', 'package.json': { devDependencies: { sass: '^1.0.0' } } },
    { buildCommand: 'npx sass scss:css', buildEnvKeys: ['TOKEN'] },
  ],
  'versions by .tool-versions': {
    'index.php': '',
    '.tool-versions': 'nodejs 22.1.0\nphp 8.2.12\n',
  },
}

describe('the plan of a PHP project', () => {
  it.each(Object.entries(TREES))('%s', async (name, tree) => {
    const [files, wishes] = Array.isArray(tree) ? tree : [tree, {}]
    await expect(planText(planOf(files, wishes))).toMatchFileSnapshot(planFile('php', name))
  })
})

const REFUSED: [what: string, files: Files, reason: string, wishes?: Partial<Wishes>][] = [
  [
    'a PHP that is not there',
    { 'composer.json': { require: { php: '~8.3.0' } }, 'index.php': '' },
    'composer.json asks for PHP ~8.3.0; there is no such PHP here. Vastrox has PHP 8.4, 8.2, 7.4: change that, or set version in the settings.',
  ],
  [
    'a package that allows no PHP of ours',
    {
      'composer.json': { require: { php: '^8.0' } },
      'composer.lock': {
        packages: [{ name: 'old/one', version: '1.2.0', require: { php: '~8.0.0 || ~8.1.0' } }],
      },
      'index.php': '',
    },
    'old/one 1.2.0 in composer.lock wants PHP ~8.0.0 || ~8.1.0; there is no such PHP here. Vastrox has PHP 8.4, 8.2, 7.4: change that, or set version in the settings.',
  ],
  [
    'a platform that is newer than all of ours',
    { 'composer.json': { config: { platform: { php: '8.5.1' } } }, 'index.php': '' },
    'config.platform.php in composer.json is 8.5.1; there is no such PHP here. Vastrox has PHP 8.4, 8.2, 7.4: change that, or set version in the settings.',
  ],
  [
    'a version in the settings that is not there',
    { 'index.php': '' },
    'PHP 8.3 is asked for (settings), which is not offered: Vastrox has PHP 8.4, 8.2, 7.4.',
    { version: '8.3' },
  ],
  [
    'an extension that nobody has packaged',
    {
      'composer.json': { require: { 'ext-gd': '*', 'ext-swoole': '*' } },
      'composer.lock': { packages: [{ name: 'a/b', version: '1', require: { 'ext-imap': '*' } }] },
      'index.php': '',
    },
    'Debian has no package for what is required of PHP 8.4: ext-swoole (composer.json), ext-imap (a/b). Do without it, name it in config.platform of composer.json, or bring a Dockerfile.',
  ],
  [
    'broken JSON',
    { 'composer.json': '{"require": {', 'index.php': '' },
    "composer.json cannot be read: Expected property name or '}' in JSON at position 13 (line 1 column 14).",
  ],
  [
    'a list',
    { 'composer.json': '[]', 'index.php': '' },
    'composer.json cannot be read: it is not an object.',
  ],
  [
    'a library',
    { 'composer.json': { type: 'library' }, 'src/Thing.php': '' },
    'There is no index.php, and no Procfile says what to run.',
  ],
  [
    'an index.php that is deeper',
    { 'composer.json': {}, 'site/htdocs/index.php': '' },
    'index.php is at site/htdocs/index.php: set documentRoot to its folder.',
  ],
  [
    'a theme of WordPress',
    { 'index.php': '', 'functions.php': '', 'style.css': '/*\nTheme Name: Mine\n*/' },
    'This is a theme for WordPress, not a site: push a WordPress that has it in wp-content/themes.',
  ],
  [
    'a document root that is not there',
    { 'index.php': '' },
    'The source has no folder htdocs, which is named as the document root (settings).',
    { documentRoot: 'htdocs' },
  ],
  [
    'a document root that says more than a folder',
    { 'index.php': '', 'a$b/index.php': '' },
    'The document root "a$b" (settings) has characters that a document root cannot have here.',
    { documentRoot: 'a$b' },
  ],
  [
    'a configuration of nginx that is not there',
    { 'index.php': '', Procfile: 'web: heroku-php-nginx -C nginx.conf' },
    'The source has no file nginx.conf, which the command of web names.',
  ],
]

describe('what cannot be built is refused in words', () => {
  it.each(REFUSED)('%s', (_what, files, reason, wishes) => {
    let refusal: unknown
    try {
      planOf(files, wishes)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(CodedError)
    expect(refusal).toMatchObject({ details: { reason } })
  })
})

const OTHERS: [what: string, files: Files, stack: string][] = [
  [
    'a server of Node with a composer.json for its tools',
    {
      'package.json': { scripts: { start: 'node server.js' } },
      'composer.json': {},
      'server.js': '',
    },
    'node',
  ],
  [
    'a server of Node with a page in PHP lying about',
    { 'package.json': { scripts: { start: 'node server.js' } }, 'server.js': '', 'index.php': '' },
    'node',
  ],
  ['Laravel, whose package.json is for its assets', { ...LARAVEL, ...VITE }, 'php'],
  ['a WordPress with a package.json', { ...WORDPRESS, ...VITE }, 'php'],
]

describe('what is PHP and what is not', () => {
  it.each(OTHERS)('%s', (_what, files, stack) => {
    expect(planOf(files).stack).toBe(stack)
  })
})
