# One image for web, workers and scheduler; docker-compose.yml says which command each runs.
FROM python:3.13.1-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY wsgi.py .
COPY service service
COPY aggregations aggregations
COPY templates templates
COPY workers workers

RUN useradd --system --uid 10001 consultorio && install --directory --owner consultorio --mode 700 /data
USER consultorio
VOLUME /data
