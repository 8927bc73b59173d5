<?php

declare(strict_types=1);

/** Text for a page: nothing of it is taken for HTML. */
function e(string|int|null $text): string
{
    return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** A file of views/, with its variables, inside the layout. */
function view(string $name, array $variables): string
{
    $render = static function (string $__file, array $__variables): string {
        extract($__variables);
        ob_start();
        require $__file;

        return (string) ob_get_clean();
    };
    $folder = dirname(__DIR__) . '/views';

    return $render("$folder/layout.php", [...$variables, 'content' => $render("$folder/$name.php", $variables)]);
}
