<?php

declare(strict_types=1);

// php composer-artifacts.php FOLDER: packs the packages of PHP that Debian ships and that are installed
// here (php-symfony-*, php-psr-*, php-twig) as what Composer calls a repository of type "artifact".

const SHARE = '/usr/share/php/';
/** What is loaded at once; Debian says so in a file of its own, Composer in composer.json. */
const FILES = [
    'symfony/deprecation-contracts' => ['function.php'],
    'symfony/string' => ['Resources/functions.php'],
    'symfony/var-dumper' => ['Resources/functions/dump.php'],
    'twig/twig' => ['Resources/core.php', 'Resources/debug.php', 'Resources/escaper.php', 'Resources/string_loader.php'],
];
const PLUGINS = ['symfony/runtime' => 'Symfony\\Component\\Runtime\\Internal\\ComposerPlugin'];

function nameOf(string $debian): ?string
{
    return match (true) {
        $debian === 'php-twig' => 'twig/twig',
        (bool) preg_match('/^php-(symfony|psr)-([a-z0-9-]+)$/', $debian, $part) => "$part[1]/$part[2]",
        default => null,
    };
}

/** Its folder below SHARE; null for a package that is documentation or configuration alone. */
function folderOf(string $debian): ?string
{
    foreach (explode("\n", (string) shell_exec('dpkg -L ' . escapeshellarg($debian))) as $path) {
        if (str_starts_with($path, SHARE) && str_ends_with($path, '/autoload.php')) {
            return substr(dirname($path), strlen(SHARE));
        }
    }

    return null;
}

[, $out] = $argv;
$installed = [];
$lines = (string) shell_exec("dpkg-query -W -f '\${Package}\t\${Version}\t\${Depends}\n' 'php-symfony-*' 'php-psr-*' php-twig");
foreach (explode("\n", trim($lines)) as $line) {
    [$debian, $version, $depends] = explode("\t", $line);
    if ($version !== '' && nameOf($debian) !== null) {
        $installed[$debian] = [preg_replace('/^(?:\d+:)?(\d+(?:\.\d+)*).*$/', '$1', $version), $depends];
    }
}

foreach ($installed as $debian => [$version, $depends]) {
    $folder = folderOf($debian);
    if ($folder === null) {
        continue;
    }
    $name = nameOf($debian);
    $require = ['php' => '>=8.1'];
    foreach (preg_split('/[,|]/', $depends) as $dependency) {
        $other = trim(preg_replace('/\(.*/', '', $dependency));
        if (isset($installed[$other]) && $other !== $debian && folderOf($other) !== null) {
            $require[nameOf($other)] = '*';
        } elseif (in_array($other, ['php-intl', 'php-mbstring', 'php-xml'], true)) {
            $require['ext-' . substr($other, strlen('php-'))] = '*';
        }
    }
    $manifest = ['name' => $name, 'version' => $version, 'require' => $require];
    $manifest['autoload']['psr-4'] = [str_replace('/', '\\', $folder) . '\\' => ''];
    if (isset(FILES[$name])) {
        $manifest['autoload']['files'] = FILES[$name];
    }
    if (isset(PLUGINS[$name])) {
        $manifest['type'] = 'composer-plugin';
        $manifest['require']['composer-plugin-api'] = '^2.0';
        $manifest['extra']['class'] = PLUGINS[$name];
    }

    $zip = new ZipArchive();
    $zip->open("$out/" . str_replace('/', '-', $name) . "-$version.zip", ZipArchive::CREATE);
    $zip->addFromString('composer.json', json_encode($manifest, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES));
    $files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(SHARE . $folder, FilesystemIterator::SKIP_DOTS));
    foreach ($files as $file) {
        $inside = substr($file->getPathname(), strlen(SHARE . $folder) + 1);
        if ($file->isFile() && $inside !== 'autoload.php') {
            $zip->addFile($file->getPathname(), $inside);
        }
    }
    $zip->close();
    echo "$name $version\n";
}
