@echo off
rem samspil from a checkout on Windows: the same steps as the script "samspil" beside this file, which explains them.
setlocal
set "HERE=%~dp0"
set "UV=uv"
where uv >nul 2>nul && goto sync
set "UV=%HERE%.uv\bin\uv.exe"
if exist "%UV%" goto sync

set "PYTHON=py -3"
where py >nul 2>nul || set "PYTHON=python"
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul
if errorlevel 1 (
    echo samspil: needs Python 3.11 or newer; install it and run this again. 1>&2
    exit /b 2
)
echo samspil: installing uv into .uv\ 1>&2
%PYTHON% -m pip install --quiet --disable-pip-version-check --no-input --target "%HERE%.uv" uv
if errorlevel 1 (
    echo samspil: could not install uv with pip; the lines above say why. 1>&2
    exit /b 2
)

:sync
set "UV_PYTHON_DOWNLOADS=never"
set "UV_PROJECT_ENVIRONMENT=%HERE%.venv"
set "VIRTUAL_ENV="
set "GROUP=--no-dev"
if "%~1"=="test" set "GROUP=--group=dev"
"%UV%" sync --quiet --inexact %GROUP% --project "%HERE%." <nul
if errorlevel 1 (
    echo samspil: could not install what pyproject.toml names; the lines above say why. 1>&2
    exit /b 2
)
"%HERE%.venv\Scripts\samspil.exe" %*
