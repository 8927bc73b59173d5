<?php

declare(strict_types=1);

use App\App;
use App\Facts;
use Symfony\Component\HttpFoundation\Request;

require dirname(__DIR__) . '/vendor/autoload.php';

(new App(Facts::fromEnv()))->handle(Request::createFromGlobals())->send();
