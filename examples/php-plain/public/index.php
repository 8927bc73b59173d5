<?php

declare(strict_types=1);

// The one file that visitors reach: everything else is outside of the folder that is served.
require dirname(__DIR__) . '/src/app.php';

$path = (string) parse_url($_SERVER['REQUEST_URI'] ?? '/', PHP_URL_PATH);
respond($_SERVER['REQUEST_METHOD'] ?? 'GET', $path, $_FILES)->send();
